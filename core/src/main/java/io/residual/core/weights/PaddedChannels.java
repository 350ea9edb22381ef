package io.residual.core.weights;

import io.residual.core.Block;
import io.residual.core.Flavour.Projection;
import io.residual.core.ResNetSpec;
import io.residual.core.VertexPaths;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The order of channels in a network whose shortcuts of option A put half of the zeros in front of the input's channels, as in
 * akamaster's pytorch_resnet_cifar10, where ours puts all of them behind. The two compute the same but for the order of the
 * channels that blocks hand on, so its weights are ours in another order.
 */
final class PaddedChannels {
    /** By vertex and axis of a tensor in PyTorch's layout, where the order is another. */
    private final Map<String, Map<Integer, int[]>> axes = new HashMap<>();

    private PaddedChannels(ResNetSpec spec) {
        List<int[]> orders = orders(spec);
        for (int s = 0; s < spec.stages().size(); s++) {
            List<Block> blocks = spec.blocks(s);
            for (int b = 0; b < blocks.size(); b++) {
                String path = VertexPaths.block(s, b);
                int last = blocks.get(b).convolutions().size();
                if (b > 0 || s > 0) {
                    put(path + ".conv1", 1, orders.get(b == 0 ? s - 1 : s));
                }
                put(path + ".conv" + last, 0, orders.get(s));
                put(path + ".bn" + last, 0, orders.get(s));
            }
        }
        put(VertexPaths.DENSE, 1, orders.get(orders.size() - 1));
    }

    /** @param spec of a post-activation network with shortcuts of option A */
    static PaddedChannels of(ResNetSpec spec) {
        if (spec.flavour().projection() != Projection.ZERO_PADDING) {
            throw new IllegalArgumentException("only shortcuts of option A are padded, got "
                    + spec.flavour().projection());
        }
        return new PaddedChannels(spec);
    }

    private void put(String vertex, int axis, int[] order) {
        axes.computeIfAbsent(vertex, v -> new HashMap<>()).put(axis, order);
    }

    /** By stage: the file's channel that is our i-th. */
    private static List<int[]> orders(ResNetSpec spec) {
        List<int[]> orders = new ArrayList<>();
        int[] order = IntStream.range(0, spec.stem().channels()).toArray();
        for (int s = 0; s < spec.stages().size(); s++) {
            int channels = spec.stages().get(s).channels();
            order = channels == order.length ? order : padded(order, channels);
            orders.add(order);
        }
        return orders;
    }

    /** The file's input lies behind the first half of the zeros, ours before all of them. */
    private static int[] padded(int[] before, int channels) {
        int front = (channels - before.length) / 2;
        return IntStream.range(0, channels)
                .map(i -> {
                    int zero = i - before.length;
                    if (zero < 0) {
                        return front + before[i];
                    }
                    return zero < front ? zero : i;
                })
                .toArray();
    }

    /** A tensor of the file, in PyTorch's layout, with our order of channels. */
    INDArray inOurOrder(NamedTensor tensor, INDArray stored) {
        INDArray ordered = stored;
        for (Map.Entry<Integer, int[]> axis :
                axes.getOrDefault(tensor.vertex(), Map.of()).entrySet()) {
            // A bias has no input channels.
            if (axis.getKey() < stored.rank()) {
                ordered = permuted(ordered, axis.getKey(), axis.getValue());
            }
        }
        return ordered;
    }

    private static INDArray permuted(INDArray from, int axis, int[] order) {
        INDArray to = from.dup('c');
        for (int i = 0; i < order.length; i++) {
            to.slice(i, axis).assign(from.slice(order[i], axis));
        }
        return to;
    }
}
