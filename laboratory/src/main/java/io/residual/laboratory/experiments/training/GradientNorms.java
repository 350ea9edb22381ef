package io.residual.laboratory.experiments.training;

import io.residual.core.graph.ResNetGraph;
import io.residual.data.Batch;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.laboratory.experiments.training.Probe.ProbeTarget;
import io.residual.laboratory.gradients.magnitudes.HalfPrecision;
import io.residual.laboratory.gradients.magnitudes.Magnitudes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * How large the gradient of the loss is in each convolution, and how much of it 16 bits can hold. The loss is the mean over a
 * batch; measures are means over the first batches of an epoch, in training mode; the network stays as it is.
 *
 * <ul>
 *   <li>{@code PREFIX.norm.PATH}: norm of the gradient with respect to the weights of a convolution.
 *   <li>{@code PREFIX.first}: the first block's norm. A block's norm is the root mean square of its convolutions' norms.
 *   <li>{@code PREFIX.nearInput}: decimal logarithm of the first block's norm as a share of the last block's: below 0 if the
 *       gradient is smaller near the image.
 *   <li>{@code PREFIX.lost.PATH}: share of the nonzero values of a convolution's gradient that IEEE's 16-bit numbers round to 0
 *       (up to 2^-25, see {@link HalfPrecision}).
 *   <li>{@code PREFIX.lost}: share of the nonzero values of these gradients that IEEE's 16-bit numbers round to 0 (up to 2^-25,
 *       see {@link HalfPrecision}); {@code PREFIX.lostScaled}: the same for a loss that is multiplied by 1024.
 *   <li>{@code PREFIX.subnormal}: share below the smallest normal 16-bit number, 2^-14, where precision is lost.
 * </ul>
 */
final class GradientNorms {
    private static final int BATCHES = 4;

    private GradientNorms() {}

    static Map<String, Double> measure(String prefix, ProbeTarget target) {
        return measure(prefix, target.network().graph(), target);
    }

    /** As {@link #measure}, of the same convolutions and dense layer without the batch norms between them. */
    static Map<String, Double> measureWithoutBatchNorm(String prefix, ProbeTarget target) {
        ComputationGraph bare = withoutBatchNorm(target);
        try {
            return measure(prefix, bare, target);
        } finally {
            bare.close();
        }
    }

    private static Map<String, Double> measure(String prefix, ComputationGraph graph, ProbeTarget target) {
        graph.setListeners(List.of());
        List<String> convolutions = convolutions(graph);
        List<Magnitudes> all =
                convolutions.stream().map(path -> new Magnitudes()).toList();
        double[] norms = new double[convolutions.size()];
        int batches = Math.min(BATCHES, target.training().batches());
        ImageBatches training = target.training().epoch(0);
        int classes = target.images().training().classNames().size();
        for (int b = 0; b < batches; b++) {
            try (Batch batch = training.next()) {
                graph.setInput(0, batch.images());
                graph.setLabel(0, batch.oneHot(classes));
                graph.computeGradientAndScore();
                for (int c = 0; c < norms.length; c++) {
                    Magnitudes values = gradient(graph, convolutions.get(c), batch.size());
                    norms[c] += values.norm().orElse(Double.NaN) / batches;
                    all.get(c).add(values);
                }
                graph.clearLayersStates();
            }
        }
        return measures(prefix, convolutions, norms, all);
    }

    /** The same weights without batch norms, on stock kernels: others have joined batch norms with ReLUs. The caller closes it. */
    static ComputationGraph withoutBatchNorm(ProbeTarget target) {
        ImageSet images = target.images().training();
        ComputationGraphConfiguration configuration = ResNetGraph.configuration(
                target.spec().resNet(images.channels(), images.classNames().size()),
                new NoOp(),
                target.spec().seed());
        configuration.getVertices().values().forEach(vertex -> {
            if (vertex instanceof LayerVertex layer
                    && layer.getLayerConf().getLayer() instanceof BatchNormalization batchNorm) {
                ActivationLayer identity = new ActivationLayer(Activation.IDENTITY);
                identity.setLayerName(batchNorm.getLayerName());
                layer.getLayerConf().setLayer(identity);
            }
        });
        ComputationGraph bare = new ComputationGraph(configuration);
        bare.init();
        bare.paramTable()
                .forEach(
                        (name, values) -> values.assign(target.network().graph().getParam(name)));
        return bare;
    }

    private static Map<String, Double> measures(
            String prefix, List<String> convolutions, double[] norms, List<Magnitudes> values) {
        Map<String, Double> measures = new LinkedHashMap<>();
        Magnitudes all = new Magnitudes();
        for (int c = 0; c < norms.length; c++) {
            measures.put(prefix + ".norm." + convolutions.get(c), norms[c]);
            measures.put(prefix + ".lost." + convolutions.get(c), lost(values.get(c), 0));
            all.add(values.get(c));
        }
        List<String> blocks = convolutions.stream()
                .map(GradientNorms::block)
                .filter(b -> !b.isEmpty())
                .distinct()
                .toList();
        if (blocks.size() > 1) {
            double first = blockNorm(blocks.get(0), convolutions, norms);
            double last = blockNorm(blocks.get(blocks.size() - 1), convolutions, norms);
            measures.put(prefix + ".first", first);
            measures.put(prefix + ".nearInput", Math.log10(first / last));
        }
        measures.put(prefix + ".lost", lost(all, 0));
        measures.put(prefix + ".lostScaled", lost(all, 1));
        measures.put(
                prefix + ".subnormal",
                HalfPrecision.of(all).get(0).belowNormal().orElse(0));
        return measures;
    }

    /** @param scaling index of one of {@link HalfPrecision#SCALINGS} */
    private static double lost(Magnitudes values, int scaling) {
        return HalfPrecision.of(values).get(scaling).roundedToZero().orElse(0);
    }

    /** Vertices with a convolution's weights, from the image on. */
    static List<String> convolutions(ComputationGraph graph) {
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

    /** That of the mean loss: Deeplearning4j adds gradients up over a batch. */
    private static Magnitudes gradient(ComputationGraph graph, String path, int images) {
        INDArray sum = graph.gradient().getGradientFor(path + "_" + ConvolutionParamInitializer.WEIGHT_KEY);
        return Magnitudes.of(sum.div(images), 1);
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

    /** "stage1.block1" of "stage1.block1.conv1"; empty for what stands outside of blocks, and for shortcuts. */
    private static String block(String path) {
        String[] names = path.split("\\.", -1);
        return names.length == 3 ? names[0] + "." + names[1] : "";
    }
}
