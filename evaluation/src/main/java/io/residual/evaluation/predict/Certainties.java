package io.residual.evaluation.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.evaluation.metrics.Logits;
import io.residual.evaluation.metrics.PredictionSets;
import io.residual.evaluation.model.ModelCalibration;
import io.residual.evaluation.model.TrainedModel;
import io.residual.evaluation.predict.Prediction.Certainty;
import io.residual.evaluation.predict.Prediction.ClassSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How sure the predictions of a model are.
 *
 * @param calibration of the model, if it has one
 * @param sets if the calibration is of enough images
 * @param abstainBelow lowest probability of a class that is predicted
 * @param limitation what is missing, and why; empty if nothing
 */
record Certainties(
        Optional<ModelCalibration> calibration,
        Optional<PredictionSets> sets,
        double abstainBelow,
        Optional<String> limitation) {
    private static final double DEFAULT_COVERAGE = 0.95;

    /**
     * Those of a model.
     *
     * @throws ResidualException if a coverage is asked for: of kind BAD_RUN if the model has no calibration, BAD_SETTING if that
     *     is of too few images
     */
    static Certainties of(TrainedModel model, ClassifierOptions options) {
        ModelCalibration.Found found = ModelCalibration.of(model);
        if (found.calibration().isEmpty()) {
            String hint = model.run().isEnsemble() ? "" : ": evaluate it, which calibrates it";
            if (options.coverage().isPresent()) {
                throw new ResidualException(Kind.BAD_RUN, found.missing() + ", which prediction sets need" + hint);
            }
            return new Certainties(
                    Optional.empty(),
                    Optional.empty(),
                    options.abstainBelow(),
                    Optional.of(found.missing() + ", so there are no prediction sets, and probabilities are as the"
                            + " network gives them" + hint));
        }
        ModelCalibration calibration = found.calibration().get();
        double coverage = options.coverage().orElse(DEFAULT_COVERAGE);
        if (options.coverage().isEmpty() && !PredictionSets.canFit(calibration.images(), coverage)) {
            return new Certainties(
                    found.calibration(),
                    Optional.empty(),
                    options.abstainBelow(),
                    Optional.of(String.format(
                            Locale.ROOT,
                            "%s: its %,d calibration images are too few for prediction sets of coverage %s",
                            model.run(),
                            calibration.images(),
                            coverage)));
        }
        return new Certainties(
                found.calibration(), Optional.of(calibration.sets(coverage)), options.abstainBelow(), Optional.empty());
    }

    /** The probabilities of an image, at the temperature if there is one. */
    float[] probabilities(float[] logits) {
        return calibration.map(c -> c.probabilities(logits)).orElseGet(() -> Logits.softmax(logits));
    }

    /** How sure the prediction of an image is. */
    Certainty of(float[] logits, float[] probabilities, List<String> classNames) {
        float energy = Logits.energy(logits);
        float highest = 0;
        for (float probability : probabilities) {
            highest = Math.max(highest, probability);
        }
        return new Certainty(
                highest < abstainBelow,
                sets.map(s -> new ClassSet(
                        s.coverage(),
                        s.of(probabilities).stream().map(classNames::get).toList())),
                energy,
                calibration.map(c -> OptionalDouble.of(c.outlierPValue(energy))).orElse(OptionalDouble.empty()));
    }
}
