package io.residual.benchmark.pytorch;

import io.residual.benchmark.network.Network;
import io.residual.benchmark.network.TensorFile;
import io.residual.core.Block;
import io.residual.core.ResNetSpec;
import io.residual.core.VertexPaths;
import io.residual.core.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** A residual network in PyTorch's functions, channels last: images [N, channels, height, width] to logits [N, classes]. */
final class PyTorchResNet {
    /** Whether batch norms use the statistics of the batch. */
    enum Mode {
        TRAINING,
        EVALUATION
    }

    private static final double MOMENTUM = 0.1;
    private static final double EPSILON = 1e-5;
    private static final long[] NOT_DILATED = {1, 1};

    /** A convolution and what follows it up to the ReLU or the sum. */
    private interface Unit {
        Tensor apply(Tensor images, Mode mode);
    }

    private final ResNetSpec spec;
    private final Map<String, Tensor> tensors = new HashMap<>();
    private final List<Tensor> parameters = new ArrayList<>();
    private final Map<String, Unit> units = new HashMap<>();

    private PyTorchResNet(Network network, TensorFile file) {
        this.spec = network.spec();
        for (Network.Tensor each : network.tensors()) {
            Tensor tensor = floats(file, each.name());
            if (each.shape().size() == 4) {
                tensor = tensor.contiguous(MemoryFormat.ChannelsLast);
            }
            if (each.isTrained()) {
                tensor.set_requires_grad(true);
                parameters.add(tensor);
            }
            tensors.put(each.name(), tensor);
        }
    }

    /** The network as PyTorch's users write it. */
    static PyTorchResNet of(Network network, TensorFile file) {
        PyTorchResNet resNet = new PyTorchResNet(network, file);
        network.convolutions().forEach(c -> {
            Unit convolution = resNet.convolution(
                    c.window(), resNet.tensor(c.path() + ".weight"), resNet.optional(c.path() + ".bias"));
            resNet.units.put(
                    c.path(),
                    network.batchNormAfter(c)
                            .map(b -> resNet.normalised(convolution, b.path()))
                            .orElse(convolution));
        });
        return resNet;
    }

    /** A tensor of the file. */
    static Tensor floats(TensorFile file, String name) {
        return Tensor.create(
                file.values(name),
                file.shape(name).stream().mapToLong(Integer::longValue).toArray());
    }

    List<Tensor> parameters() {
        return parameters;
    }

    Tensor logits(Tensor images, Mode mode) {
        Tensor x = images;
        int stem = spec.stem().convolutions(spec.input().channels()).size();
        for (int i = 0; i < stem; i++) {
            x = unit(VertexPaths.stemConv(spec, i)).apply(x, mode).relu_();
        }
        if (spec.stem().pool().isPresent()) {
            Window pool = spec.stem().pool().get();
            x = torch.max_pool2d(x, pair(pool.kernel()), pair(pool.stride()), pair(pool.padding()), NOT_DILATED, false);
        }
        for (int s = 0; s < spec.stages().size(); s++) {
            int b = 0;
            for (Block block : spec.blocks(s)) {
                x = block(VertexPaths.block(s, b++), block, x, mode);
            }
        }
        Tensor features = torch.adaptive_avg_pool2d(x, pair(1)).flatten(1, -1);
        return torch.linear(features, tensor(VertexPaths.DENSE + ".weight"), optional(VertexPaths.DENSE + ".bias"));
    }

    private Tensor block(String path, Block block, Tensor images, Mode mode) {
        Tensor y = images;
        int convolutions = block.convolutions().size();
        for (int i = 1; i <= convolutions; i++) {
            y = unit(path + ".conv" + i).apply(y, mode);
            if (i < convolutions) {
                y = y.relu_();
            }
        }
        Tensor shortcut = block.changesShape() ? projection(path, block, images, mode) : images;
        return y.add_(shortcut).relu_();
    }

    private Tensor projection(String path, Block block, Tensor images, Mode mode) {
        if (spec.flavour().projection().hasConvolution()) {
            return unit(VertexPaths.projectionConv(path)).apply(images, mode);
        }
        LongOptional all = new LongOptional();
        Tensor strided = images.slice(2, all, all, block.stride()).slice(3, all, all, block.stride());
        return torch.constant_pad_nd(strided, 0, 0, 0, 0, 0, block.channels() - images.size(1));
    }

    private Unit convolution(Window window, Tensor weight, TensorOptional bias) {
        long[] stride = pair(window.stride());
        long[] padding = pair(window.padding());
        return (images, mode) -> torch.conv2d(images, weight, bias, stride, padding, NOT_DILATED, 1);
    }

    private Unit normalised(Unit convolution, String batchNorm) {
        TensorOptional weight = optional(batchNorm + ".weight");
        TensorOptional bias = optional(batchNorm + ".bias");
        TensorOptional mean = optional(batchNorm + ".running_mean");
        TensorOptional variance = optional(batchNorm + ".running_var");
        return (images, mode) -> torch.batch_norm(
                convolution.apply(images, mode),
                weight,
                bias,
                mean,
                variance,
                mode == Mode.TRAINING,
                MOMENTUM,
                EPSILON,
                false);
    }

    private Unit unit(String convolution) {
        return present(units, convolution);
    }

    private Tensor tensor(String name) {
        return present(tensors, name);
    }

    private TensorOptional optional(String name) {
        Tensor tensor = tensors.get(name);
        return tensor == null ? new TensorOptional() : new TensorOptional(tensor);
    }

    private static <T> T present(Map<String, T> map, String name) {
        T value = map.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name + " among " + map.keySet());
        }
        return value;
    }

    private static long[] pair(int side) {
        return new long[] {side, side};
    }
}
