package io.residual.laboratory.experiments.training;

import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.GraphNetwork;
import io.residual.training.run.ModelFiles;

/** The networks that experiments train. */
public enum Model {
    /** The network of the spec. */
    RESNET {
        @Override
        GraphNetwork initialise(TrainingSpec spec, int channels, int classes, ComputeKernels kernels) {
            return ModelFiles.untrained(spec, spec.resNet(channels, classes), kernels, line -> {});
        }
    },
    /** {@link LeNet}; it ignores the network of the spec. */
    LENET {
        @Override
        GraphNetwork initialise(TrainingSpec spec, int channels, int classes, ComputeKernels kernels) {
            return GraphNetwork.initial(
                    LeNet.configuration(spec.data().imageSize(), channels, classes, spec.seed()), kernels);
        }
    };

    /** The network before its first step. */
    abstract GraphNetwork initialise(TrainingSpec spec, int channels, int classes, ComputeKernels kernels);
}
