package io.residual.training.optim;

import io.residual.training.config.Anneal;
import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.ScheduleSpec;
import java.util.List;

/**
 * The learning rate of each update of a run, counted from 0. Beyond its last update a schedule keeps its last rate. Each has
 * the values of the scheduler of PyTorch that it names, stepped once an update.
 */
public sealed interface LearningRate {
    double at(long update);

    /** The schedule of a run. */
    static LearningRate of(OptimisationSpec spec, long updatesPerEpoch) {
        ScheduleSpec schedule = spec.schedule();
        long updates = spec.epochs() * updatesPerEpoch;
        long warmup = Math.min(updates - 1, Math.round(schedule.warmupEpochs() * updatesPerEpoch));
        LearningRate main = behindWarmup(spec, updatesPerEpoch, updates - warmup);
        return warmup == 0 ? main : new Warmup(warmup, main);
    }

    private static LearningRate behindWarmup(OptimisationSpec spec, long updatesPerEpoch, long updates) {
        ScheduleSpec schedule = spec.schedule();
        double highest = spec.learningRate();
        return switch (schedule.schedule()) {
            case CONSTANT -> new Constant(highest);
            case STEP -> new Step(highest, schedule.decay(), schedule.stepEpochs() * updatesPerEpoch);
            case MULTI_STEP ->
                new MultiStep(
                        highest,
                        schedule.decay(),
                        schedule.milestones().epochs().stream()
                                .map(epoch -> epoch * updatesPerEpoch)
                                .toList());
            case COSINE -> new Cosine(highest, schedule.lowestRate(), updates);
            case ONE_CYCLE ->
                new OneCycle(highest, schedule.lowestRate(), updates, schedule.peakAt(), schedule.anneal());
            case RESTARTS ->
                new CosineRestarts(
                        highest,
                        schedule.lowestRate(),
                        schedule.restartEpochs() * updatesPerEpoch,
                        schedule.restartFactor());
        };
    }

    /** The same rate at every update. */
    record Constant(double rate) implements LearningRate {
        @Override
        public double at(long update) {
            return rate;
        }
    }

    /** Falls by a factor every so many updates; {@code StepLR}. */
    record Step(double highest, double factor, long every) implements LearningRate {
        @Override
        public double at(long update) {
            long falls = update / every;
            return highest * Math.pow(factor, (double) falls);
        }
    }

    /** Falls by a factor at each of the milestones, in updates; {@code MultiStepLR}. */
    record MultiStep(double highest, double factor, List<Long> milestones) implements LearningRate {
        public MultiStep {
            milestones = List.copyOf(milestones);
        }

        @Override
        public double at(long update) {
            long passed = milestones.stream().filter(m -> m <= update).count();
            return highest * Math.pow(factor, (double) passed);
        }
    }

    /** Half a cosine from the highest rate to the lowest (Loshchilov and Hutter 2017); {@code CosineAnnealingLR}. */
    record Cosine(double highest, double lowest, long updates) implements LearningRate {
        @Override
        public double at(long update) {
            return Anneal.COSINE.between(highest, lowest, Math.min((double) update, updates - 1.0) / updates);
        }
    }

    /** Cosines, each longer than the one before by a factor (SGDR, Loshchilov and Hutter 2017); {@code
     * CosineAnnealingWarmRestarts}. */
    record CosineRestarts(double highest, double lowest, long first, int factor) implements LearningRate {
        @Override
        public double at(long update) {
            long start = 0;
            long length = first;
            while (update >= start + length) {
                start += length;
                length *= factor;
            }
            return Anneal.COSINE.between(highest, lowest, (double) (update - start) / length);
        }
    }

    /**
     * From a twenty-fifth of the highest rate up to it, then down to the lowest (Smith and Topin 2018); {@code OneCycleLR}
     * with {@code cycle_momentum=False}.
     *
     * @param peakAt share of the updates after which the rate is at its highest
     */
    record OneCycle(double highest, double lowest, long updates, double peakAt, Anneal anneal) implements LearningRate {
        private static final double START = 1.0 / 25;

        @Override
        public double at(long update) {
            double last = updates - 1.0;
            double peak = Math.max(0, peakAt * updates - 1);
            double now = Math.min((double) update, last);
            if (now < peak) {
                return anneal.between(highest * START, highest, now / peak);
            }
            return last <= peak ? highest : anneal.between(highest, lowest, (now - peak) / (last - peak));
        }
    }

    /** A straight rise from a hundredth of another schedule's first rate, then that schedule; {@code SequentialLR} of {@code
     * LinearLR} and another. */
    record Warmup(long updates, LearningRate then) implements LearningRate {
        private static final double START = 0.01;

        @Override
        public double at(long update) {
            return update < updates
                    ? Anneal.LINEAR.between(START * then.at(0), then.at(0), (double) update / updates)
                    : then.at(update - updates);
        }
    }

    /** A geometric rise, as a range test needs (Smith 2017); {@code ExponentialLR} where it falls. */
    record Exponential(double first, double last, long updates) implements LearningRate {
        @Override
        public double at(long update) {
            double share = updates == 1 ? 0 : Math.min((double) update, updates - 1.0) / (updates - 1.0);
            return first * Math.pow(last / first, share);
        }
    }
}
