package io.residual.core.weights;

import io.residual.core.Block;
import io.residual.core.Flavour;
import io.residual.core.Flavour.ConvolutionBias;
import io.residual.core.Flavour.Projection;
import io.residual.core.ResNetSpec;

/** How a PyTorch network names the modules whose tensors it saves. Stages and blocks are counted from 0 here. */
public enum ModuleNaming {
    /**
     * The d2l book's {@code nn.Sequential}: {@code 0.0.weight}, {@code 2.0.conv3.weight}, {@code 7.weight}. The projection is
     * numbered behind the block's convolutions: conv3 in a basic block, conv4 in a bottleneck block.
     */
    BOOK {
        /** Each convolution of the stem is followed by a batch norm and a ReLU, which have a number each. */
        @Override
        String stemConvolution(ResNetSpec spec, int index) {
            return "0." + 3 * index;
        }

        @Override
        String stemBatchNorm(ResNetSpec spec, int index) {
            return "0." + (3 * index + 1);
        }

        @Override
        String block(int stage, int block) {
            return (stage + 1) + "." + block;
        }

        @Override
        String projectionConvolution(String module, Block block, Projection projection) {
            return module + ".conv" + (block.convolutions().size() + 1);
        }

        @Override
        String projectionBatchNorm(String module, Block block, Projection projection) {
            return module + ".bn" + (block.convolutions().size() + 1);
        }

        @Override
        String head(int stages) {
            return Integer.toString(stages + 1);
        }

        /** Behind the stages come the pool and the flattening, and before them a head's batch norm and ReLU. */
        @Override
        String dense(ResNetSpec spec) {
            int head = switch (spec.flavour().order()) {
                case POST_ACTIVATION -> 0;
                case PRE_ACTIVATION -> 2;
            };
            return Integer.toString(spec.stages().size() + head + 3);
        }
    },

    /**
     * torchvision's ResNet: {@code conv1.weight}, {@code layer2.0.downsample.0.weight}, {@code fc.weight}. What it does not have
     * is named as in timm (stem of several convolutions: {@code conv1.0}, {@code conv1.1} its batch norm, {@code conv1.3}, ...,
     * the last batch norm {@code bn1}; a pool in front of the projection counts: {@code downsample.1}), the batch norm behind the
     * last pre-activation block {@code bn}.
     */
    TORCHVISION {
        @Override
        String stemConvolution(ResNetSpec spec, int index) {
            return spec.stem().layers().size() == 1 ? "conv1" : "conv1." + 3 * index;
        }

        @Override
        String stemBatchNorm(ResNetSpec spec, int index) {
            return index == spec.stem().layers().size() - 1 ? "bn1" : "conv1." + (3 * index + 1);
        }

        @Override
        String block(int stage, int block) {
            return "layer" + (stage + 1) + "." + block;
        }

        @Override
        String projectionConvolution(String module, Block block, Projection projection) {
            return module + ".downsample." + first(projection);
        }

        @Override
        String projectionBatchNorm(String module, Block block, Projection projection) {
            return module + ".downsample." + (first(projection) + 1);
        }

        private static int first(Projection projection) {
            return projection == Projection.POOL_CONVOLUTION_AND_BATCH_NORM ? 1 : 0;
        }

        @Override
        String head(int stages) {
            return "bn";
        }

        @Override
        String dense(ResNetSpec spec) {
            return "fc";
        }
    };

    /** The naming of the network that a flavour comes from: the book's alone has biases. */
    public static ModuleNaming of(Flavour flavour) {
        return flavour.bias() == ConvolutionBias.BIASED ? BOOK : TORCHVISION;
    }

    abstract String stemConvolution(ResNetSpec spec, int index);

    abstract String stemBatchNorm(ResNetSpec spec, int index);

    abstract String block(int stage, int block);

    abstract String projectionConvolution(String module, Block block, Projection projection);

    abstract String projectionBatchNorm(String module, Block block, Projection projection);

    /** The batch norm behind the last pre-activation block. */
    abstract String head(int stages);

    abstract String dense(ResNetSpec spec);
}
