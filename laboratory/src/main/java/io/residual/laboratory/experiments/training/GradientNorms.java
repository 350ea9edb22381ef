package io.residual.laboratory.experiments.training;

import io.residual.data.Batch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How large the gradient of the loss is in each convolution, and what of it 16 bits can hold. The loss is the mean over a
 * batch; measures are means over the first batches of an epoch, in training mode; the network stays as it is.
 *
 * <ul>
 *   <li>{@code PREFIX.norm.PATH}: norm of the gradient with respect to the weights of a convolution.
 *   <li>{@code PREFIX.nearInput}: decimal logarithm of the first block's norm as a share of the last block's: below 0 where the
 *       gradient is smaller near the image. A block's norm is the root mean square of its convolutions' norms.
 *   <li>{@code PREFIX.lost}: share of the values of these gradients, zeros apart, that IEEE's 16-bit numbers round to 0 (below
 *       2^-25); {@code PREFIX.lostScaled}: the same for a loss that is multiplied by 1024.
 *   <li>{@code PREFIX.subnormal}: share below the smallest normal 16-bit number, 2^-14, where precision is lost.
 * </ul>
 */
final class GradientNorms {
    private static final int BATCHES = 4;
    /** Half of the smallest 16-bit number, 2^-24: the half itself rounds to the even neighbour, 0. */
    private static final double ZERO = 0x1p-25;

    private static final double NORMAL = 0x1p-14;
    private static final double LOSS_SCALE = 1024;

    private GradientNorms() {}

    /** The sums over all values so far. */
    private static final class Counts {
        private long values;
        private long lost;
        private long lostScaled;
        private long subnormal;

        void add(float gradient) {
            double size = Math.abs(gradient);
            if (size == 0) {
                return;
            }
            values++;
            lost += size <= ZERO ? 1 : 0;
            lostScaled += size * LOSS_SCALE <= ZERO ? 1 : 0;
            subnormal += size < NORMAL ? 1 : 0;
        }

        double share(long count) {
            return values == 0 ? 0 : (double) count / values;
        }
    }

    static Map<String, Double> measure(String prefix, ProbeTarget subject) {
        ComputationGraph graph = subject.network().graph();
        graph.setListeners(List.of());
        List<String> convolutions = convolutions(graph);
        double[] norms = new double[convolutions.size()];
        Counts counts = new Counts();
        int batches = Math.min(BATCHES, subject.training().batches());
        subject.training().epoch(0);
        for (int b = 0; b < batches; b++) {
            try (Batch batch = subject.training().next()) {
                graph.setInput(0, batch.images());
                graph.setLabel(
                        0, batch.oneHot(subject.images().training().classNames().size()));
                graph.computeGradientAndScore();
                for (int c = 0; c < norms.length; c++) {
                    norms[c] += norm(graph, convolutions.get(c), batch.size(), counts) / batches;
                }
                graph.clearLayersStates();
            }
        }
        subject.training().epoch(0);
        return measures(prefix, convolutions, norms, counts);
    }

    private static Map<String, Double> measures(
            String prefix, List<String> convolutions, double[] norms, Counts counts) {
        Map<String, Double> measures = new LinkedHashMap<>();
        for (int c = 0; c < norms.length; c++) {
            measures.put(prefix + ".norm." + convolutions.get(c), norms[c]);
        }
        List<String> blocks = convolutions.stream()
                .map(GradientNorms::block)
                .filter(b -> !b.isEmpty())
                .distinct()
                .toList();
        if (blocks.size() > 1) {
            double first = blockNorm(blocks.get(0), convolutions, norms);
            double last = blockNorm(blocks.get(blocks.size() - 1), convolutions, norms);
            measures.put(prefix + ".nearInput", Math.log10(first / last));
        }
        measures.put(prefix + ".lost", counts.share(counts.lost));
        measures.put(prefix + ".lostScaled", counts.share(counts.lostScaled));
        measures.put(prefix + ".subnormal", counts.share(counts.subnormal));
        return measures;
    }

    /** Vertices with a convolution's weights, from the image on. */
    private static List<String> convolutions(ComputationGraph graph) {
        List<String> paths = new ArrayList<>();
        for (int index : graph.topologicalSortOrder()) {
            String path = graph.getVertices()[index].getVertexName();
            if (graph.getVertices()[index].hasLayer()
                    && graph.getVertices()[index].paramTable(false).containsKey(ConvolutionParamInitializer.WEIGHT_KEY)
                    && weights(graph, path).rank() == 4) {
                paths.add(path);
            }
        }
        return paths;
    }

    private static INDArray weights(ComputationGraph graph, String path) {
        return graph.getLayer(path).getParam(ConvolutionParamInitializer.WEIGHT_KEY);
    }

    /** Deeplearning4j adds gradients up over a batch. */
    private static double norm(ComputationGraph graph, String path, int images, Counts counts) {
        INDArray gradient = graph.gradient().getGradientFor(path + "_" + ConvolutionParamInitializer.WEIGHT_KEY);
        double squares = 0;
        for (float value : gradient.dup().data().asFloat()) {
            float mean = value / images;
            squares += (double) mean * mean;
            counts.add(mean);
        }
        return Math.sqrt(squares);
    }

    private static double blockNorm(String block, List<String> convolutions, double[] norms) {
        double squares = 0;
        int members = 0;
        for (int c = 0; c < norms.length; c++) {
            if (block(convolutions.get(c)).equals(block)) {
                squares += norms[c] * norms[c];
                members++;
            }
        }
        return Math.sqrt(squares / members);
    }

    /** "stage1.block1" of "stage1.block1.conv1"; none of what stands outside of blocks, and none of shortcuts. */
    private static String block(String path) {
        String[] names = path.split("\\.", -1);
        return names.length == 3 ? names[0] + "." + names[1] : "";
    }
}
