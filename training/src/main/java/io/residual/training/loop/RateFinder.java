package io.residual.training.loop;

import io.residual.data.Batch;
import io.residual.data.ImageBatches;
import io.residual.data.Prefetch;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.Network;
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
     */
    public static RateCurve find(
            Network network, TrainingSpec spec, ImageBatches batches, double lowest, double highest, int steps) {
        LearningRate rate = LearningRate.exponential(lowest, highest, steps);
        GraphExecutor executor = new GraphExecutor(network, spec, network.spec().classes(), batches.batches(), rate);
        List<RateCurve.Point> points = new ArrayList<>();
        double sum = 0;
        double weight = 0;
        double least = Double.POSITIVE_INFINITY;
        int epoch = -1;
        while (points.size() < steps) {
            try (Prefetch ahead = new Prefetch(batches.epoch(++epoch), BATCHES_AHEAD)) {
                while (ahead.hasNext() && points.size() < steps) {
                    double loss;
                    try (Batch batch = ahead.next()) {
                        loss = executor.step(batch, epoch, points.size()).loss();
                    }
                    sum = SMOOTHING * sum + (1 - SMOOTHING) * loss;
                    weight = SMOOTHING * weight + 1 - SMOOTHING;
                    double smooth = sum / weight;
                    least = Math.min(least, smooth);
                    if (!(smooth <= MAX_RISE * least)) {
                        return new RateCurve(points);
                    }
                    points.add(new RateCurve.Point(rate.at(points.size()), smooth));
                }
            }
        }
        return new RateCurve(points);
    }
}
