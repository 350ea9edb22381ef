package io.residual.laboratory.landscape;

import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.laboratory.experiments.training.StudiedNetwork;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Inference;
import io.residual.training.loop.ScoreSum;
import io.residual.training.network.Network;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Computes the loss of a network over a plane through its weights: in inference mode, on the same images everywhere. */
public final class LandscapeSampler {
    private static final int BATCH = 256;

    private final Network network;
    private final TrainingSpec spec;
    private final ImageSet images;
    private final Direction first;
    private final Direction second;
    private final Map<String, INDArray> centre = new HashMap<>();

    /** @param seed of the directions */
    public LandscapeSampler(Network network, TrainingSpec spec, ImageSet images, long seed) {
        this.network = network;
        this.spec = spec;
        this.images = images;
        ComputationGraph graph = network.graph();
        this.first = Direction.of(graph, 2 * seed);
        this.second = Direction.of(graph, 2 * seed + 1);
        first.parts()
                .keySet()
                .forEach(name -> centre.put(name, graph.getParam(name).dup()));
    }

    /**
     * Visits every place; afterwards the weights are what they were before.
     *
     * @param row called after each row of places
     */
    public Landscape over(List<Double> places, String training, Runnable row) {
        double accuracy = score().map(ScoreSum::accuracy).orElse(0.0);
        List<List<OptionalDouble>> losses = new ArrayList<>();
        for (double b : places) {
            List<OptionalDouble> along = new ArrayList<>();
            for (double a : places) {
                moveTo(a, b);
                along.add(score().map(score -> OptionalDouble.of(score.meanLoss()))
                        .orElse(OptionalDouble.empty()));
            }
            losses.add(along);
            row.run();
        }
        moveTo(0, 0);
        return new Landscape(
                StudiedNetwork.of(spec), places, losses, images.classNames().size(), accuracy, training);
    }

    private void moveTo(double a, double b) {
        centre.forEach((name, weight) -> {
            INDArray moved = network.graph().getParam(name);
            moved.assign(weight);
            if (a != 0) {
                first.addTo(moved, name, a);
            }
            if (b != 0) {
                second.addTo(moved, name, b);
            }
        });
    }

    /** Empty if a probability is NaN: weights that are finite can be too large for 32 bits. */
    private Optional<ScoreSum> score() {
        float[][] probabilities = Inference.probabilities(
                network, new ImageBatches(images, BATCH, spec.data().input(), new BatchOrder.Sequential()));
        for (float[] row : probabilities) {
            if (Float.isNaN(row[0])) {
                return Optional.empty();
            }
        }
        return Optional.of(Inference.score(probabilities, images));
    }

    /**
     * A random direction in the space of a network's weights, filter by filter as long as the weights are (H. Li et al.,
     * <i>Visualizing the Loss Landscape of Neural Nets</i>, NeurIPS 2018, section 4): so that a step of 1 changes every filter by
     * its own norm, and networks of different scales can be compared. Batch norms and biases are left as they are.
     *
     * @param parts by the names of the parameters, in their shapes
     */
    record Direction(Map<String, INDArray> parts) {
        /** Deeplearning4j's names of weights end so. */
        private static final String WEIGHT = "_W";

        Direction {
            parts = Map.copyOf(parts);
        }

        /** A direction that depends on the seed, the names and the norms alone, not on what computes the network. */
        static Direction of(ComputationGraph graph, long seed) {
            Map<String, INDArray> parts = new LinkedHashMap<>();
            graph.paramTable().forEach((name, weight) -> {
                if (name.endsWith(WEIGHT)) {
                    parts.put(name, part(weight, new Random(31 * seed + name.hashCode())));
                }
            });
            return new Direction(parts);
        }

        /** Adds so many times the direction's part to a weight of that name. */
        void addTo(INDArray weight, String name, double times) {
            INDArray step = Objects.requireNonNull(parts.get(name), name).mul(times);
            weight.addi(step);
            step.close();
        }

        private static INDArray part(INDArray weight, Random random) {
            float[] normal = new float[Math.toIntExact(weight.length())];
            for (int i = 0; i < normal.length; i++) {
                normal[i] = (float) random.nextGaussian();
            }
            INDArray part = Nd4j.createFromArray(normal).reshape('c', weight.shape());
            INDArray filters = filters(part);
            INDArray scales = filters(weight).norm2(true, 1).divi(filters.norm2(true, 1));
            filters.muliColumnVector(scales);
            return part;
        }

        /** A filter a row: convolutions are [out, in, height, width] in C order, dense weights [in, out]. */
        private static INDArray filters(INDArray weight) {
            return weight.rank() == 2
                    ? weight.transpose()
                    : weight.reshape('c', weight.size(0), weight.length() / weight.size(0));
        }
    }
}
