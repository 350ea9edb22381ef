package io.residual.core.weights;

import io.residual.core.Block;
import io.residual.core.Flavour.ConvolutionBias;
import io.residual.core.Flavour.Order;
import io.residual.core.Flavour.Projection;
import io.residual.core.ResNetSpec;
import io.residual.core.Shortcuts;
import io.residual.core.VertexPaths;
import io.residual.core.weights.NamedTensor.Kind;
import java.util.ArrayList;
import java.util.List;

/** All tensors of a network in PyTorch's order: module by module, parameters before running statistics. */
public final class NetworkTensors {
    /** PyTorch's counter of batches, which matters only for a momentum that DL4J does not have. */
    static final String BATCH_COUNTER = ".num_batches_tracked";

    private final ResNetSpec spec;
    private final ModuleNaming naming;
    private final List<NamedTensor> tensors = new ArrayList<>();

    private NetworkTensors(ResNetSpec spec, ModuleNaming naming) {
        this.spec = spec;
        this.naming = naming;
    }

    /** The tensors of the network that {@code ResNetGraph} writes for the spec. */
    public static List<NamedTensor> of(ResNetSpec spec, ModuleNaming naming) {
        NetworkTensors walk = new NetworkTensors(spec, naming);
        walk.network();
        return List.copyOf(walk.tensors);
    }

    private void network() {
        for (int i = 0; i < spec.stem().layers().size(); i++) {
            convolution(naming.stemConvolution(spec, i), VertexPaths.stemConv(spec, i));
            if (VertexPaths.hasStemBn(spec, i)) {
                batchNorm(naming.stemBatchNorm(spec, i), VertexPaths.stemBn(spec, i));
            }
        }
        for (int s = 0; s < spec.stages().size(); s++) {
            List<Block> blocks = spec.blocks(s);
            for (int b = 0; b < blocks.size(); b++) {
                block(blocks.get(b), naming.block(s, b), VertexPaths.block(s, b));
            }
        }
        if (spec.flavour().order() == Order.PRE_ACTIVATION) {
            batchNorm(naming.head(spec.stages().size()), VertexPaths.HEAD_BN);
        }
        String dense = naming.dense(spec);
        add(dense + ".weight", VertexPaths.DENSE, "W", Kind.DENSE_WEIGHT);
        add(dense + ".bias", VertexPaths.DENSE, "b", Kind.VECTOR);
    }

    private void block(Block block, String module, String path) {
        for (int i = 1; i <= block.convolutions().size(); i++) {
            String conv = ".conv" + i;
            String bn = ".bn" + i;
            switch (spec.flavour().order()) {
                case POST_ACTIVATION -> {
                    convolution(module + conv, path + conv);
                    batchNorm(module + bn, path + bn);
                }
                case PRE_ACTIVATION -> {
                    batchNorm(module + bn, path + bn);
                    convolution(module + conv, path + conv);
                }
            }
        }
        if (spec.shortcuts() == Shortcuts.RESIDUAL && block.changesShape()) {
            projection(block, module, path);
        }
    }

    private void projection(Block block, String module, String path) {
        Projection projection = spec.flavour().projection();
        if (projection.hasConvolution()) {
            convolution(naming.projectionConvolution(module, block, projection), VertexPaths.projectionConv(path));
        }
        if (projection.hasBatchNorm()) {
            batchNorm(naming.projectionBatchNorm(module, block, projection), VertexPaths.projectionBn(path));
        }
    }

    private void convolution(String module, String path) {
        add(module + ".weight", path, "W", Kind.CONVOLUTION_WEIGHT);
        if (spec.flavour().bias() == ConvolutionBias.BIASED) {
            add(module + ".bias", path, "b", Kind.VECTOR);
        }
    }

    private void batchNorm(String module, String path) {
        add(module + ".weight", path, "gamma", Kind.VECTOR);
        add(module + ".bias", path, "beta", Kind.VECTOR);
        add(module + ".running_mean", path, "mean", Kind.STATISTIC);
        add(module + ".running_var", path, "var", Kind.STATISTIC);
    }

    private void add(String name, String vertex, String key, Kind kind) {
        tensors.add(new NamedTensor(name, vertex, key, kind));
    }
}
