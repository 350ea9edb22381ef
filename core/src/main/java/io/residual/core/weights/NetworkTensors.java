package io.residual.core.weights;

import io.residual.core.BasicBlock;
import io.residual.core.Flavour.ConvolutionBias;
import io.residual.core.Flavour.Projection;
import io.residual.core.ResNetSpec;
import io.residual.core.Shortcuts;
import io.residual.core.VertexPaths;
import io.residual.core.weights.NamedTensor.Kind;
import java.util.ArrayList;
import java.util.List;

/** All tensors of a network in PyTorch's order: module by module, parameters before running statistics. */
public final class NetworkTensors {
    private final ResNetSpec spec;
    private final Naming naming;
    private final List<NamedTensor> tensors = new ArrayList<>();

    private NetworkTensors(ResNetSpec spec, Naming naming) {
        this.spec = spec;
        this.naming = naming;
    }

    /** The tensors of the network that {@code ResNetGraph} writes for the spec. */
    public static List<NamedTensor> of(ResNetSpec spec, Naming naming) {
        NetworkTensors walk = new NetworkTensors(spec, naming);
        walk.network();
        return List.copyOf(walk.tensors);
    }

    private void network() {
        convolution(naming.stemConvolution(), VertexPaths.STEM_CONV);
        batchNorm(naming.stemBatchNorm(), VertexPaths.STEM_BN);
        for (int s = 0; s < spec.stages().size(); s++) {
            List<BasicBlock> blocks = spec.blocks(s);
            for (int b = 0; b < blocks.size(); b++) {
                block(blocks.get(b), naming.block(s, b), VertexPaths.block(s, b));
            }
        }
        String dense = naming.dense(spec.stages().size());
        add(dense + ".weight", VertexPaths.DENSE, "W", Kind.DENSE_WEIGHT);
        add(dense + ".bias", VertexPaths.DENSE, "b", Kind.VECTOR);
    }

    private void block(BasicBlock block, String module, String path) {
        convolution(module + ".conv1", path + ".conv1");
        batchNorm(module + ".bn1", path + ".bn1");
        convolution(module + ".conv2", path + ".conv2");
        batchNorm(module + ".bn2", path + ".bn2");
        if (spec.shortcuts() == Shortcuts.RESIDUAL && block.changesShape()) {
            convolution(naming.projectionConvolution(module), VertexPaths.projectionConv(path));
            if (spec.flavour().projection() == Projection.CONVOLUTION_AND_BATCH_NORM) {
                batchNorm(naming.projectionBatchNorm(module), VertexPaths.projectionBn(path));
            }
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
