package io.residual.laboratory.experiments.training;

import io.residual.core.VertexPaths;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.GraphNetwork;
import io.residual.training.run.ModelFiles;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

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

    /**
     * A LeNet-5 as in the d2l book (section 7.6), after LeCun et al. 1998, figure 2: convolutions of 6 and 16 channels and 5 x 5
     * values, each with a pool that halves the sides, and dense layers of 120, 84 and as many units as there are classes; weights
     * are Xavier's. ReLU and max pooling replace the book's sigmoids and average pooling: with those the loss stays at its initial
     * value for several epochs of the complete data, longer than most experiments last.
     */
    static final class LeNet {
        private static final int KERNEL = 5;
        private static final int BORDER = 2;
        private static final int FIRST = 6;
        private static final int SECOND = 16;
        private static final int WIDE = 120;
        private static final int NARROW = 84;

        private LeNet() {}

        /**
         * The network, which takes images [N, channels, side, side] and gives class probabilities [N, classes].
         *
         * @param side in pixels, at least 12
         * @param seed of the weights
         */
        static ComputationGraphConfiguration configuration(int side, int channels, int classes, long seed) {
            return new NeuralNetConfiguration.Builder()
                    .seed(seed)
                    .updater(new NoOp()) // steps are taken by training's own rules
                    .weightInit(WeightInit.XAVIER)
                    .activation(Activation.RELU)
                    .graphBuilder()
                    .addInputs(VertexPaths.INPUT)
                    .setInputTypes(InputType.convolutional(side, side, channels))
                    .addLayer("conv1", convolution(FIRST, BORDER), VertexPaths.INPUT)
                    .addLayer("pool1", pool(), "conv1")
                    .addLayer("conv2", convolution(SECOND, 0), "pool1")
                    .addLayer("pool2", pool(), "conv2")
                    .addLayer("fc1", dense(WIDE), "pool2")
                    .addLayer("fc2", dense(NARROW), "fc1")
                    .addLayer(
                            VertexPaths.DENSE,
                            new DenseLayer.Builder()
                                    .nOut(classes)
                                    .activation(Activation.IDENTITY)
                                    .build(),
                            "fc2")
                    .addLayer(
                            VertexPaths.SOFTMAX,
                            new LossLayer.Builder(LossFunction.MCXENT)
                                    .activation(Activation.SOFTMAX)
                                    .build(),
                            VertexPaths.DENSE)
                    .setOutputs(VertexPaths.SOFTMAX)
                    .build();
        }

        private static ConvolutionLayer convolution(int channels, int border) {
            return new ConvolutionLayer.Builder(KERNEL, KERNEL)
                    .nOut(channels)
                    .padding(border, border)
                    .build();
        }

        private static SubsamplingLayer pool() {
            return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                    .kernelSize(2, 2)
                    .stride(2, 2)
                    .build();
        }

        private static DenseLayer dense(int units) {
            return new DenseLayer.Builder().nOut(units).build();
        }
    }
}
