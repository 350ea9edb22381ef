package io.residual.benchmark.network;

import io.residual.core.Block;
import io.residual.core.Flavour;
import io.residual.core.Flavour.ConvolutionBias;
import io.residual.core.ImageShape;
import io.residual.core.MultiplyAdds;
import io.residual.core.ResNetSpec;
import io.residual.core.Shortcuts;
import io.residual.core.VertexPaths;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The layers of a residual network that hold weights, in order from the image.
 *
 * @param convolutions at least one; the first works on the image
 * @param batchNorms one after each convolution that is not a projection
 */
public record Network(ResNetSpec spec, List<Convolution> convolutions, List<BatchNorm> batchNorms) {
    /** A batch norm. */
    public record BatchNorm(String path, int channels) {}

    /**
     * A tensor of the network by its PyTorch name, such as {@code stage2.block1.conv2.weight}.
     *
     * @param role decides the numbers it starts with
     * @param shape in PyTorch's axis order: [out, in, height, width] for a convolution, [out, in] for the dense layer
     */
    public record Tensor(String name, Role role, List<Integer> shape) {
        public Tensor {
            shape = List.copyOf(shape);
        }

        /** Whether training changes it by its gradient. */
        public boolean isTrained() {
            return role != Role.RUNNING_MEAN && role != Role.RUNNING_VARIANCE;
        }

        /** Number of values. */
        public int length() {
            return shape.stream().reduce(1, Math::multiplyExact);
        }
    }

    /** What a tensor is for. */
    public enum Role {
        WEIGHT,
        BIAS,
        SCALE,
        SHIFT,
        RUNNING_MEAN,
        RUNNING_VARIANCE
    }

    public Network {
        convolutions = List.copyOf(convolutions);
        batchNorms = List.copyOf(batchNorms);
    }

    /**
     * Walks one image through the network.
     *
     * @throws IllegalArgumentException if the network is not of a flavour that the peers' networks are written in: the book's,
     *     or He et al.'s for small images
     */
    public static Network of(ResNetSpec spec) {
        boolean known = spec.flavour().equals(Flavour.BOOK) || spec.flavour().equals(Flavour.CIFAR);
        if (!(known && spec.shortcuts() == Shortcuts.RESIDUAL)) {
            throw new IllegalArgumentException(
                    "the peers' networks are residual networks of the book's flavour, or of the one for CIFAR, got "
                            + spec.flavour() + " with shortcuts " + spec.shortcuts());
        }
        List<Convolution> convolutions = new ArrayList<>();
        List<BatchNorm> batchNorms = new ArrayList<>();
        ImageShape shape = spec.input();
        List<io.residual.core.Convolution> stem = spec.stem().convolutions(shape.channels());
        for (int i = 0; i < stem.size(); i++) {
            convolutions.add(Convolution.of(VertexPaths.stemConv(spec, i), shape, stem.get(i)));
            batchNorms.add(
                    new BatchNorm(VertexPaths.stemBn(spec, i), stem.get(i).channels()));
            shape = stem.get(i).outputShape(shape);
        }
        shape = spec.stem().outputShape(spec.input());
        for (int s = 0; s < spec.stages().size(); s++) {
            int b = 0;
            for (Block block : spec.blocks(s)) {
                String path = VertexPaths.block(s, b++);
                ImageShape inner = shape;
                for (int i = 0; i < block.convolutions().size(); i++) {
                    io.residual.core.Convolution layer = block.convolutions().get(i);
                    convolutions.add(Convolution.of(path + ".conv" + (i + 1), inner, layer));
                    batchNorms.add(new BatchNorm(path + ".bn" + (i + 1), layer.channels()));
                    inner = layer.outputShape(inner);
                }
                if (block.changesShape() && spec.flavour().projection().hasConvolution()) {
                    convolutions.add(Convolution.of(VertexPaths.projectionConv(path), shape, block.projection()));
                }
                shape = inner;
            }
        }
        return new Network(spec, convolutions, batchNorms);
    }

    /** Its work on one image. */
    public MultiplyAdds multiplyAdds() {
        return MultiplyAdds.of(spec);
    }

    /** The batch norm that follows a convolution; projections have none. */
    public Optional<BatchNorm> batchNormAfter(Convolution convolution) {
        String path = convolution.path();
        int last = path.lastIndexOf(".conv");
        String name = path.substring(0, last) + ".bn" + path.substring(last + ".conv".length());
        return batchNorms.stream().filter(b -> b.path().equals(name)).findFirst();
    }

    /** All tensors that decide the output, in order from the image; the sizes of the trained ones add up to the spec's. */
    public List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>();
        for (Convolution c : convolutions) {
            int kernel = c.window().kernel();
            tensors.add(new Tensor(
                    c.path() + ".weight",
                    Role.WEIGHT,
                    List.of(c.channels(), c.input().channels(), kernel, kernel)));
            if (spec.flavour().bias() == ConvolutionBias.BIASED) {
                tensors.add(new Tensor(c.path() + ".bias", Role.BIAS, List.of(c.channels())));
            }
        }
        for (BatchNorm b : batchNorms) {
            List<Integer> shape = List.of(b.channels());
            tensors.add(new Tensor(b.path() + ".weight", Role.SCALE, shape));
            tensors.add(new Tensor(b.path() + ".bias", Role.SHIFT, shape));
            tensors.add(new Tensor(b.path() + ".running_mean", Role.RUNNING_MEAN, shape));
            tensors.add(new Tensor(b.path() + ".running_var", Role.RUNNING_VARIANCE, shape));
        }
        tensors.add(new Tensor("fc.weight", Role.WEIGHT, List.of(spec.classes(), spec.features())));
        tensors.add(new Tensor("fc.bias", Role.BIAS, List.of(spec.classes())));
        return tensors;
    }
}
