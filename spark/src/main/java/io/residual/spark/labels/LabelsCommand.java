package io.residual.spark.labels;

import io.residual.evaluation.labels.FoldExecutor;
import io.residual.evaluation.labels.Main;
import io.residual.spark.cluster.ClusterOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** The command {@code labels}, whose folds are trained on a cluster. */
@Command(name = "labels")
public final class LabelsCommand extends Main {
    @ArgGroup(exclusive = false, multiplicity = "1", heading = ClusterOptions.HEADING)
    private ClusterOptions cluster = new ClusterOptions();

    @Override
    protected FoldExecutor folds() {
        return new ClusterFolds(cluster);
    }
}
