package io.residual.core.weights;

import io.residual.core.Flavour;

/** How a PyTorch network names the modules whose tensors it saves. Stages and blocks are counted from 0 here. */
public enum Naming {
    /** The d2l book's {@code nn.Sequential}: {@code 0.0.weight}, {@code 2.0.conv3.weight}, {@code 7.weight}. */
    BOOK {
        @Override
        String stemConvolution() {
            return "0.0";
        }

        @Override
        String stemBatchNorm() {
            return "0.1";
        }

        @Override
        String block(int stage, int block) {
            return (stage + 1) + "." + block;
        }

        @Override
        String projectionConvolution(String block) {
            return block + ".conv3";
        }

        @Override
        String projectionBatchNorm(String block) {
            return block + ".bn3";
        }

        /** Behind the stem and the stages come the pool and the flattening, which have no tensors but a number each. */
        @Override
        String dense(int stages) {
            return Integer.toString(stages + 3);
        }
    },

    /** torchvision's ResNet: {@code conv1.weight}, {@code layer2.0.downsample.0.weight}, {@code fc.weight}. */
    TORCHVISION {
        @Override
        String stemConvolution() {
            return "conv1";
        }

        @Override
        String stemBatchNorm() {
            return "bn1";
        }

        @Override
        String block(int stage, int block) {
            return "layer" + (stage + 1) + "." + block;
        }

        @Override
        String projectionConvolution(String block) {
            return block + ".downsample.0";
        }

        @Override
        String projectionBatchNorm(String block) {
            return block + ".downsample.1";
        }

        @Override
        String dense(int stages) {
            return "fc";
        }
    };

    /** The naming of the network that a flavour comes from. */
    public static Naming of(Flavour flavour) {
        return switch (flavour.projection()) {
            case CONVOLUTION -> BOOK;
            case CONVOLUTION_AND_BATCH_NORM -> TORCHVISION;
        };
    }

    abstract String stemConvolution();

    abstract String stemBatchNorm();

    abstract String block(int stage, int block);

    abstract String projectionConvolution(String block);

    abstract String projectionBatchNorm(String block);

    abstract String dense(int stages);
}
