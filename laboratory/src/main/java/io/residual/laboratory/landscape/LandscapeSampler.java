package io.residual.laboratory.landscape;

import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.laboratory.experiments.training.StudiedNetwork;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Inference;
import io.residual.training.loop.Score;
import io.residual.training.network.Network;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

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
        double accuracy = score().map(Score::accuracy).orElse(0.0);
        List<List<OptionalDouble>> losses = new ArrayList<>();
        for (double b : places) {
            List<OptionalDouble> along = new ArrayList<>();
            for (double a : places) {
                moveTo(a, b);
                along.add(score().map(score -> OptionalDouble.of(score.loss())).orElse(OptionalDouble.empty()));
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
    private Optional<Score> score() {
        float[][] probabilities = Inference.probabilities(
                network, new ImageBatches(images, BATCH, spec.data().input(), new BatchOrder.Sequential()));
        for (float[] row : probabilities) {
            if (Float.isNaN(row[0])) {
                return Optional.empty();
            }
        }
        return Optional.of(Inference.score(probabilities, images));
    }
}
