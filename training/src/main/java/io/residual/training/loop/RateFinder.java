package io.residual.training.loop;

import io.residual.data.Batch;
import io.residual.data.ImageBatches;
import io.residual.data.Prefetch;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.Network;
import io.residual.training.optim.LabelWeights;
import io.residual.training.optim.LearningRate;
import java.util.ArrayList;
import java.util.List;

/**
 * The learning-rate range test (Smith 2017, section 3.3): a network is trained for some steps while the rate rises
 * geometrically; where its loss falls fastest, and before it rises again, lie the rates that are worth trying.
 */
public final class RateFinder {
    private static final int BATCHES_AHEAD = 2;
    /** Of the moving average of the loss. */
    private static final double SMOOTHING = 0.9;
    /** The test ends where the loss is as many times its lowest. */
    private static final double MAX_RISE = 4;

    private RateFinder() {}

    /**
     * Trains from the lowest rate to the highest, or until the loss has risen too far.
     *
     * @param network that is of no use afterwards
     * @param spec without its schedule
     * @param steps updates of the weights, each of as many batches as the spec accumulates
     */
    public static RateCurve find(
            Network network, TrainingSpec spec, ImageBatches batches, double lowest, double highest, int steps) {
        LearningRate rate = LearningRate.exponential(lowest, highest, steps);
        LabelWeights weights = LabelWeights.of(spec.optimisation().imbalance(), batches.images());
        GraphExecutor executor = new GraphExecutor(network, spec, weights, batches.batches(), rate);
        int accumulation = spec.optimisation().update().accumulation();
        List<RateCurve.Point> points = new ArrayList<>();
        double sum = 0;
        double weight = 0;
        double least = Double.POSITIVE_INFINITY;
        int epoch = -1;
        long iteration = 0;
        while (points.size() < steps) {
            double loss = 0;
            int group = 0;
            try (Prefetch ahead = new Prefetch(batches.epoch(++epoch), BATCHES_AHEAD)) {
                while (ahead.hasNext() && points.size() < steps) {
                    try (Batch batch = ahead.next()) {
                        loss += executor.step(batch, epoch, iteration).loss();
                    }
                    // A point is an update: the rate changes with it, not with each batch that it is made of.
                    if (++group == accumulation || !ahead.hasNext()) {
                        sum = SMOOTHING * sum + (1 - SMOOTHING) * loss / group;
                        weight = SMOOTHING * weight + 1 - SMOOTHING;
                        double smooth = sum / weight;
                        least = Math.min(least, smooth);
                        if (!(smooth <= MAX_RISE * least)) {
                            return new RateCurve(points);
                        }
                        points.add(new RateCurve.Point(executor.learningRate(iteration), smooth));
                        loss = 0;
                        group = 0;
                    }
                    iteration++;
                }
            }
        }
        return new RateCurve(points);
    }
}
