package io.residual.laboratory.bench;

import io.residual.training.network.GraphNetwork;
import io.residual.training.network.Kernels;
import io.residual.training.run.RunModel;
import io.residual.training.spec.TrainingSpec;

/** The networks that experiments train. */
public enum Model {
    /** The network of the spec. */
    RESNET {
        @Override
        GraphNetwork begin(TrainingSpec spec, int channels, int classes, Kernels kernels) {
            return RunModel.begin(spec, spec.resNet(channels, classes), kernels, told -> {});
        }
    },
    /** {@link LeNet}; of the spec, all but its network counts. */
    LENET {
        @Override
        GraphNetwork begin(TrainingSpec spec, int channels, int classes, Kernels kernels) {
            return GraphNetwork.initial(
                    LeNet.configuration(spec.data().imageSize(), channels, classes, spec.seed()), kernels);
        }
    };

    /** The network before its first step. */
    abstract GraphNetwork begin(TrainingSpec spec, int channels, int classes, Kernels kernels);
}
