package io.residual.training.optim;

import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.ScheduleSpec;
import io.residual.training.config.ScheduleSpec.Anneal;

/**
 * The learning rate of each update of a run, counted from 0. Beyond its last update a schedule keeps its last rate. Each has
 * the values of the scheduler of PyTorch that it names, stepped once an update.
 */
@FunctionalInterface
public interface LearningRate {
    double at(long update);

    /** The schedule of a run. */
    public static LearningRate of(OptimisationSpec spec, long updatesPerEpoch) {
        ScheduleSpec schedule = spec.schedule();
        long updates = spec.epochs() * updatesPerEpoch;
        long warmup = Math.min(updates - 1, Math.round(schedule.warmupEpochs() * updatesPerEpoch));
        LearningRate main = behindWarmup(spec, updatesPerEpoch, updates - warmup);
        return warmup == 0 ? main : warmup(warmup, main);
    }

    private static LearningRate behindWarmup(OptimisationSpec spec, long updatesPerEpoch, long updates) {
        ScheduleSpec schedule = spec.schedule();
        double highest = spec.learningRate();
        double lowest = schedule.lowestRate();
        return switch (schedule.schedule()) {
            case CONSTANT -> update -> highest;
            case STEP -> step(highest, schedule.decay(), schedule.stepEpochs() * updatesPerEpoch);
            case MULTI_STEP -> multiStep(highest, schedule, updatesPerEpoch);
            case COSINE -> cosine(highest, lowest, updates);
            case ONE_CYCLE -> oneCycle(highest, lowest, updates, schedule.peakAt(), schedule.anneal());
            case RESTARTS ->
                cosineRestarts(highest, lowest, schedule.restartEpochs() * updatesPerEpoch, schedule.restartFactor());
        };
    }

    /** Falls by a factor every so many updates; {@code StepLR}. */
    private static LearningRate step(double highest, double factor, long every) {
        return update -> {
            long falls = update / every;
            return highest * Math.pow(factor, (double) falls);
        };
    }

    /** Falls by a factor at each of the milestones; {@code MultiStepLR}. */
    private static LearningRate multiStep(double highest, ScheduleSpec schedule, long updatesPerEpoch) {
        return update -> {
            long passed = schedule.milestones().epochs().stream()
                    .filter(epoch -> epoch * updatesPerEpoch <= update)
                    .count();
            return highest * Math.pow(schedule.decay(), (double) passed);
        };
    }

    /** Half a cosine from the highest rate to the lowest (Loshchilov and Hutter 2017); {@code CosineAnnealingLR}. */
    private static LearningRate cosine(double highest, double lowest, long updates) {
        return update -> Anneal.COSINE.between(highest, lowest, Math.min((double) update, updates - 1.0) / updates);
    }

    /** Cosines, each longer than the one before by a factor (SGDR, Loshchilov and Hutter 2017); {@code
     * CosineAnnealingWarmRestarts}. */
    private static LearningRate cosineRestarts(double highest, double lowest, long first, int factor) {
        return update -> {
            long start = 0;
            long length = first;
            while (update >= start + length) {
                start += length;
                length *= factor;
            }
            return Anneal.COSINE.between(highest, lowest, (double) (update - start) / length);
        };
    }

    /**
     * From a twenty-fifth of the highest rate up to it, then down to the lowest (Smith and Topin 2018); {@code OneCycleLR}
     * with {@code cycle_momentum=False}.
     *
     * @param peakAt share of the updates after which the rate is at its highest
     */
    private static LearningRate oneCycle(double highest, double lowest, long updates, double peakAt, Anneal anneal) {
        double last = updates - 1.0;
        double peak = Math.max(0, peakAt * updates - 1);
        return update -> {
            double now = Math.min((double) update, last);
            if (now < peak) {
                return anneal.between(highest * (1.0 / 25), highest, now / peak);
            }
            return last <= peak ? highest : anneal.between(highest, lowest, (now - peak) / (last - peak));
        };
    }

    /** A straight rise from a hundredth of another schedule's first rate, then that schedule; {@code SequentialLR} of {@code
     * LinearLR} and another. */
    private static LearningRate warmup(long updates, LearningRate then) {
        double first = then.at(0);
        return update -> update < updates
                ? Anneal.LINEAR.between(0.01 * first, first, (double) update / updates)
                : then.at(update - updates);
    }

    /** A geometric rise, as a range test needs (Smith 2017); {@code ExponentialLR} where it falls. */
    static LearningRate exponential(double first, double last, long updates) {
        return update -> {
            double share = updates == 1 ? 0 : Math.min((double) update, updates - 1.0) / (updates - 1.0);
            return first * Math.pow(last / first, share);
        };
    }
}
