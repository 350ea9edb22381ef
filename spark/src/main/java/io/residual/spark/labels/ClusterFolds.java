package io.residual.spark.labels;

import io.residual.core.ResidualException;
import io.residual.data.ImageSet;
import io.residual.evaluation.labels.FoldExecutor;
import io.residual.spark.cluster.ClusterOptions;
import io.residual.spark.cluster.ClusterSession;
import io.residual.spark.cluster.SharedStorage;
import io.residual.spark.cluster.TaskErrors;
import io.residual.training.CrossValidation;
import io.residual.training.OutOfFold;
import io.residual.training.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Trains folds as tasks of a cluster, in directories that all machines see. */
record ClusterFolds(ClusterOptions cluster) implements FoldExecutor {
    /** Another executor resumes a fold from its checkpoint so many times. */
    private static final int TASK_FAILURES = 4;

    @Override
    public Optional<OutOfFold> probabilities(CrossValidation folds, ImageSet images, String location) {
        List<Integer> unfinished = folds.unfinished(images, location);
        if (!unfinished.isEmpty() && !train(unfinished, folds, images, location)) {
            return Optional.empty();
        }
        return folds.probabilities(images, location, Trainer::train);
    }

    private boolean train(List<Integer> unfinished, CrossValidation folds, ImageSet images, String location) {
        Path directory = folds.directory().toAbsolutePath().normalize();
        FoldTask task = new FoldTask(
                FoldTask.Training.of(folds.trainer()),
                folds.folds(),
                folds.seed(),
                directory.toString(),
                new FoldTask.Images(images.contentSha256(), location));
        try (ClusterSession session =
                ClusterSession.start(cluster, new ClusterSession.Settings("residual labels", 1, TASK_FAILURES))) {
            SharedStorage.of(session, directory.toString()).requireShared(session);
            List<FoldTask.Result> results = TaskErrors.translate(() -> session.context()
                    .parallelize(unfinished, unfinished.size())
                    .map(task)
                    .collect());
            results.stream()
                    .filter(result -> !result.error().isEmpty())
                    .findFirst()
                    .ifPresent(result -> {
                        throw new ResidualException(result.kind(), result.error());
                    });
            return results.stream().allMatch(FoldTask.Result::finished);
        }
    }
}
