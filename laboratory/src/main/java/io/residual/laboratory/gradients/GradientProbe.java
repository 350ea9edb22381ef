package io.residual.laboratory.gradients;

import io.residual.laboratory.gradients.Snapshot.OfBlock;
import io.residual.laboratory.gradients.Snapshot.OfOutput;
import io.residual.laboratory.gradients.Snapshot.OfParameter;
import io.residual.laboratory.gradients.magnitudes.HalfPrecision;
import io.residual.laboratory.gradients.magnitudes.Magnitudes;
import io.residual.laboratory.gradients.magnitudes.MemoryLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Measures a network on some batches, one {@link TracedPass} each. */
final class GradientProbe implements TracedPass.Watcher {
    private final ComputationGraph graph;
    private final NetworkMap map;
    private final Map<String, OverBatches> parameters = new LinkedHashMap<>();
    private final Map<String, Output> outputs = new LinkedHashMap<>();
    private final Map<String, Parts> blocks = new LinkedHashMap<>();
    /** The parts of the gradient at the vertex where a block divides, in this pass. */
    private final Map<String, Map<Branch, INDArray>> branchGradients = new LinkedHashMap<>();

    /** Of the batch that passes: gradients of the mean loss are those of the sum times this. */
    private double perImage = 1;

    /** The branches from a block's sum to its input. */
    private enum Branch {
        SHORTCUT,
        CONVOLUTIONS
    }

    /** An array of every batch: all of its values, and the sum of its norms. */
    private static final class OverBatches {
        private final Magnitudes values = new Magnitudes();
        private double norms;
        private int batches;

        double add(INDArray array, double factor) {
            Magnitudes ofBatch = Magnitudes.of(array, factor);
            values.add(ofBatch);
            double norm = ofBatch.norm().orElse(Double.NaN);
            addNorm(norm);
            return norm;
        }

        void addNorm(double norm) {
            norms += norm;
            batches++;
        }

        OptionalDouble meanNorm() {
            return batches == 0 ? OptionalDouble.empty() : finite(norms / batches);
        }
    }

    private static final class Output {
        private final Magnitudes activations = new Magnitudes();
        private final OverBatches gradients = new OverBatches();
        private long images;
        /** Sum over the batches of each channel's values, of a ReLU; they are not negative. */
        private @Nullable INDArray channels;
    }

    private static final class Parts {
        private final OverBatches sum = new OverBatches();
        private final OverBatches shortcut = new OverBatches();
        private final OverBatches convolutions = new OverBatches();
        private double shortcutShares;
    }

    private GradientProbe(ComputationGraph graph, NetworkMap map) {
        this.graph = graph;
        this.map = map;
    }

    /**
     * Measures a network.
     *
     * @param batches at least one
     */
    static Snapshot measure(String moment, ComputationGraph graph, NetworkMap map, List<DataSet> batches) {
        GradientProbe probe = new GradientProbe(graph, map);
        double loss = 0;
        for (DataSet batch : batches) {
            probe.perImage = 1.0 / batch.numExamples();
            loss += TracedPass.run(graph, batch, probe);
        }
        TracedPass.release();
        return new Snapshot(
                moment, finite(loss / batches.size()), probe.ofParameters(), probe.ofOutputs(), probe.ofBlocks());
    }

    private static OptionalDouble finite(double value) {
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    @Override
    public void output(String vertex, INDArray array) {
        map.output(vertex).ifPresent(path -> {
            Output output = outputs.computeIfAbsent(path, name -> new Output());
            output.activations.add(array, 1);
            output.images += array.size(0);
            if (path.contains(".relu")) {
                INDArray sums = MemoryLayout.sumOfChannels(array).detach();
                output.channels = output.channels == null ? sums : output.channels.addi(sums);
            }
        });
    }

    @Override
    public void inputGradient(String from, String to, INDArray gradient) {
        map.blockBehind(to)
                .filter(block -> from.startsWith(block + "."))
                .ifPresent(block -> branchGradients
                        .computeIfAbsent(block, name -> new LinkedHashMap<>())
                        .merge(
                                map.isOfShortcut(from) ? Branch.SHORTCUT : Branch.CONVOLUTIONS,
                                gradient,
                                MemoryLayout::sum));
    }

    @Override
    public void gradient(String vertex, INDArray gradient) {
        map.output(vertex)
                .ifPresent(path ->
                        Objects.requireNonNull(outputs.get(path)).gradients.add(gradient, perImage));
        map.blockBehind(vertex).ifPresent(block -> {
            Map<Branch, INDArray> branches = Objects.requireNonNull(branchGradients.remove(block));
            Parts parts = blocks.computeIfAbsent(block, name -> new Parts());
            double convolutions =
                    parts.convolutions.add(Objects.requireNonNull(branches.get(Branch.CONVOLUTIONS)), perImage);
            INDArray ofShortcut = branches.get(Branch.SHORTCUT);
            if (ofShortcut == null) {
                parts.sum.addNorm(convolutions);
                return;
            }
            double shortcut = parts.shortcut.add(ofShortcut, perImage);
            double sum = parts.sum.add(
                    MemoryLayout.sum(Objects.requireNonNull(branches.get(Branch.CONVOLUTIONS)), ofShortcut), perImage);
            // <s, s + c> follows from the three norms.
            parts.shortcutShares += (sum * sum + shortcut * shortcut - convolutions * convolutions) / (2 * sum * sum);
        });
    }

    @Override
    public void parameters(GraphVertex vertex, Map<String, INDArray> gradients) {
        gradients.forEach((key, gradient) -> {
            if (isTrained(vertex, key)) {
                parameters
                        .computeIfAbsent(name(vertex.getVertexName(), key), name -> new OverBatches())
                        .add(gradient, perImage);
            }
        });
    }

    /** Not a running statistic, whose "gradient" Deeplearning4j does not divide by the batch. */
    private static boolean isTrained(GraphVertex vertex, String key) {
        Trainable trainable = vertex.hasLayer() ? vertex.getLayer() : vertex;
        return trainable.updaterDivideByMinibatch(key);
    }

    /** Deeplearning4j's name of a parameter. */
    static String name(String vertex, String key) {
        return vertex + "_" + key;
    }

    private List<OfParameter> ofParameters() {
        List<OfParameter> all = new ArrayList<>();
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[index];
            if (vertex.numParams() == 0) {
                continue;
            }
            String path = vertex.getVertexName();
            vertex.paramTable(false).forEach((key, value) -> {
                OverBatches gradient = parameters.get(name(path, key));
                if (gradient != null) {
                    all.add(new OfParameter(
                            path,
                            key,
                            map.layer(path),
                            gradient.meanNorm(),
                            Magnitudes.of(value, 1).norm().orElse(Double.NaN),
                            OptionalDouble.empty(),
                            HalfPrecision.of(gradient.values)));
                }
            });
        }
        return all;
    }

    private List<OfOutput> ofOutputs() {
        List<OfOutput> all = new ArrayList<>();
        outputs.forEach((path, output) -> {
            OptionalDouble norm = output.activations.norm();
            all.add(new OfOutput(
                    path,
                    map.layer(path),
                    scaled(norm, output.images),
                    scaled(norm, output.activations.count()),
                    output.gradients.meanNorm(),
                    output.activations.zeroShare(),
                    output.channels == null ? OptionalDouble.empty() : OptionalDouble.of(deadShare(output.channels)),
                    HalfPrecision.of(output.gradients.values)));
        });
        return all;
    }

    private static double deadShare(INDArray channels) {
        return channels.eq(0).castTo(channels.dataType()).meanNumber().doubleValue();
    }

    private static OptionalDouble scaled(OptionalDouble norm, long count) {
        return norm.isPresent() ? OptionalDouble.of(norm.getAsDouble() / Math.sqrt((double) count)) : norm;
    }

    private List<OfBlock> ofBlocks() {
        List<OfBlock> all = new ArrayList<>();
        blocks.forEach((path, parts) -> all.add(new OfBlock(
                path,
                map.layer(path + ".conv1"),
                parts.sum.meanNorm(),
                parts.shortcut.meanNorm(),
                parts.convolutions.meanNorm(),
                parts.shortcut.batches == 0
                        ? OptionalDouble.empty()
                        : finite(parts.shortcutShares / parts.shortcut.batches))));
        Collections.reverse(all);
        return all;
    }
}
