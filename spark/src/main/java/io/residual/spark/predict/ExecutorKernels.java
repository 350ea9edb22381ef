package io.residual.spark.predict;

import io.residual.onednn.Availability;
import io.residual.onednn.OneDnn;
import io.residual.spark.cluster.ThisMachine;
import io.residual.training.network.KernelChoice;

/** What an executor computes with, for the user at the driver, who does not see its log. */
final class ExecutorKernels {
    private ExecutorKernels() {}

    /** That oneDNN was wanted here and is not available, and why; empty if all is as wanted. */
    static String note(ClassifierSettings settings) {
        return KernelChoice.valueOf(settings.kernels()) != KernelChoice.STOCK
                        && OneDnn.availability() instanceof Availability.Unavailable unavailable
                ? "executor on " + ThisMachine.name() + ": Deeplearning4j's own kernels, several times as slow: "
                        + unavailable.reason()
                : "";
    }
}
