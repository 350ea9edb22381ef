package io.residual.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.IoErrors;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.training.run.DataOrigin;
import io.residual.training.run.FoldSummary;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Cross-validation whose runs are then used together: the directory is an ensemble of {@code fold-1}, {@code fold-2} and so
 * on, beside the predictions of every image by the network that was not trained on it, {@code out-of-fold.jsonl}, and {@code
 * summary.json}. Repeating the call reuses finished folds and resumes an interrupted one.
 */
public final class FoldRuns {
    /** The file of the predictions. */
    public static final String PREDICTIONS = "out-of-fold.jsonl";

    private final Trainer trainer;
    private final int count;
    private final DataSource source;
    private final ImageSet images;

    /**
     * Prepares the training of folds. The seed of the spec draws which image is in which.
     *
     * @param trainer whose directory does not matter
     * @param count of folds, at least 2
     * @param source whose training images are all used
     */
    public FoldRuns(Trainer trainer, int count, DataSource source) {
        this.trainer = trainer;
        this.count = count;
        this.source = source;
        this.images = source.wholeTraining();
    }

    /**
     * Fails if training cannot start. Writes nothing.
     *
     * @throws ResidualException of kind BAD_DATA if there are more folds than images of a class, BAD_SETTING if settings do
     *     not fit the images
     */
    public void requireFits() {
        in(Path.of("")).requireFits(images, location());
    }

    private CrossValidation in(Path directory) {
        return new CrossValidation(trainer, count, trainer.spec().seed(), directory);
    }

    private String location() {
        return source.origin().describe();
    }

    /**
     * Trains the folds that are not finished, and writes the ensemble.
     *
     * @param directory of the runs and of the ensemble
     * @param train how a fold is trained, such as {@code Trainer::train}
     * @return nothing if a run was interrupted
     */
    public Optional<FoldSummary> train(Path directory, BiFunction<Trainer, RunDatasets, TrainingResult> train) {
        requireFits();
        List<String> names =
                IntStream.range(0, count).mapToObj(CrossValidation::nameOf).toList();
        RunDirectory ensemble = RunDirectory.takeAt(directory);
        ensemble.startEnsemble(names);
        return in(directory).probabilities(images, location(), train).map(predictions -> {
            write(ensemble.path().resolve(PREDICTIONS), predictions.lines());
            FoldSummary summary = FoldSummary.of(
                    images.classNames(),
                    predictions.confusion(),
                    IntStream.range(0, names.size())
                            .mapToObj(fold -> FoldSummary.FoldResult.of(
                                    names.get(fold), predictions.confusion(fold), predictions.score(fold)))
                            .toList());
            summary.write(ensemble.path().resolve("summary.json"));
            DataOrigin origin = DataOrigin.of(location(), images.channels(), images.classNames(), images.digests());
            ensemble.completeEnsemble(
                    trainer.spec(), new RunDatasets(origin, images, images.subset(), source.skipped()));
            return summary;
        });
    }

    private static void write(Path file, String text) {
        try {
            AtomicFile.write(file, text);
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    file + ": cannot be written (" + IoErrors.reason(e) + "): is there space on the disk?",
                    e);
        }
    }
}
