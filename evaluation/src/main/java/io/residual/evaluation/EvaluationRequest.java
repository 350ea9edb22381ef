package io.residual.evaluation;

import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.metrics.Temperature;
import io.residual.evaluation.model.ModelChoice;
import io.residual.evaluation.model.TestTimeAugmentation;
import io.residual.evaluation.model.TrainedModel;
import io.residual.evaluation.report.Evaluation;
import io.residual.training.config.DataChoice;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.DataSources;
import io.residual.training.run.RunDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The settings of an evaluation.
 *
 * @param data where the images are, as a spec names them; empty for the run's own
 * @param augmentations each a secondary result
 * @param ensemble runs whose mean with the first one is a secondary result; may be empty
 * @param compared a run to compare with
 */
record EvaluationRequest(
        RunDirectory run,
        ModelChoice choice,
        Split split,
        Optional<String> data,
        List<TestTimeAugmentation> augmentations,
        List<RunDirectory> ensemble,
        Optional<RunDirectory> compared,
        ComputeKernels kernels) {
    EvaluationRequest {
        augmentations = List.copyOf(augmentations);
        ensemble = List.copyOf(ensemble);
    }

    /**
     * Evaluates.
     *
     * @throws io.residual.core.ResidualException of kind BAD_RUN or BAD_DATA that says what is wrong
     */
    Evaluation execute() {
        TrainedModel model = TrainedModel.load(run, choice, kernels);
        DataSource source = DataSources.find(run, data.map(DataChoice::of));
        ImageSet images = source.open(split, StratifiedSplit.SEED);
        Scores scores = model.probabilities(images);
        return new Evaluation(
                model,
                split,
                source.origin().describe(),
                images,
                scores,
                temperature(model, source),
                variants(model, images, scores),
                compared.map(other ->
                        Evaluation.ComparedRun.of(other.toString(), model(other).probabilities(images), scores)),
                run.epochs());
    }

    /** Fitted on validation images only, and not reported on those. */
    private Optional<Temperature> temperature(TrainedModel model, DataSource source) {
        return split == Split.VALIDATION
                ? Optional.empty()
                : Optional.of(
                        Temperature.fit(model.probabilities(source.open(Split.VALIDATION, StratifiedSplit.SEED))));
    }

    private List<Evaluation.Variant> variants(TrainedModel model, ImageSet images, Scores scores) {
        List<Evaluation.Variant> variants = new ArrayList<>();
        for (TestTimeAugmentation augmentation : augmentations) {
            variants.add(new Evaluation.Variant(
                    "test-time augmentation: " + augmentation, model.probabilities(images, augmentation)));
        }
        if (!ensemble.isEmpty()) {
            List<Scores> members = new ArrayList<>(List.of(scores));
            ensemble.forEach(other -> members.add(model(other).probabilities(images)));
            variants.add(new Evaluation.Variant("mean of " + members.size() + " runs", Scores.mean(members)));
        }
        return variants;
    }

    /** Another run has the same kind of checkpoint, but not the same file. */
    private TrainedModel model(RunDirectory other) {
        ModelChoice sameKind = choice instanceof ModelChoice.Saved ? choice : ModelChoice.last();
        return TrainedModel.load(other, sameKind, kernels);
    }
}
