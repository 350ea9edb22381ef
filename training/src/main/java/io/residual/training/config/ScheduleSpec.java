package io.residual.training.config;

import io.residual.training.config.Setting.Topic;
import java.util.Map;

/**
 * How the learning rate changes over a run.
 *
 * @param lowestRate at the end of cosine, one-cycle and restarts, 0 to 10
 * @param warmupEpochs over which the rate rises linearly from a hundredth to the schedule's first, 0 to 10,000
 * @param stepEpochs between the drops of a step schedule, 1 to 10,000
 * @param milestones after which a multi-step schedule drops
 * @param decay factor of each drop, above 0, at most 1
 * @param peakAt share of the run after which one-cycle is at its highest rate, above 0, at most 1
 * @param anneal curve of one-cycle
 * @param restartEpochs length of the first cycle of restarts, 1 to 10,000
 * @param restartFactor by which each further cycle is longer, 1 to 10
 */
public record ScheduleSpec(
        Kind schedule,
        double lowestRate,
        double warmupEpochs,
        int stepEpochs,
        Milestones milestones,
        double decay,
        double peakAt,
        Anneal anneal,
        int restartEpochs,
        int restartFactor) {
    static final SettingGroup<ScheduleSpec> SETTINGS = new SettingGroup<>(ScheduleSpec.class, Topic.SCHEDULE)
            .named("schedule", "schedule of the learning rate")
            .optional(Kind.CONSTANT)
            .named("lowestRate", "learning rate at the end of cosine, one-cycle and restarts")
            .with("schedule", "cosine", "one-cycle", "restarts")
            .optional(ValueType.numbers("RATE", 0, 10), 0.0)
            .named("warmupEpochs", "linear warm-up of the learning rate before the schedule, in epochs")
            .optional(ValueType.numbers("EPOCHS", 0, 10_000), 0.0)
            .named("stepEpochs", "epochs between the drops of schedule step")
            .with("schedule", "step")
            .optional(ValueType.wholeNumbers("EPOCHS", 1, 10_000), 30)
            .named("milestones", "epochs after which schedule multi-step drops, such as 100,150")
            .with("schedule", "multi-step")
            .optional(
                    ValueType.parsed("none|EPOCH,EPOCH...", "rising epochs such as 100,150, or none", Milestones::of),
                    Milestones.NONE)
            .named("decay", "factor of each drop of step and multi-step")
            .with("schedule", "step", "multi-step")
            .optional(ValueType.numbersAbove("FACTOR", 0, 1), 0.1)
            .named("peakAt", "share of the run after which one-cycle is at its highest rate")
            .with("schedule", "one-cycle")
            .optional(ValueType.numbersAbove("SHARE", 0, 1), 0.3)
            .named("anneal", "curve of one-cycle")
            .with("schedule", "one-cycle")
            .optional(Anneal.COSINE)
            .named("restartEpochs", "epochs of the first cycle of restarts")
            .with("schedule", "restarts")
            .optional(ValueType.wholeNumbers("EPOCHS", 1, 10_000), 10)
            .named("restartFactor", "factor by which each further cycle of restarts is longer")
            .with("schedule", "restarts")
            .optional(ValueType.wholeNumbers("FACTOR", 1, 10), 2);

    /** The line along which a schedule goes from one rate to the next. */
    public enum Anneal {
        COSINE {
            @Override
            public double between(double from, double to, double share) {
                return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
            }
        },
        LINEAR {
            @Override
            public double between(double from, double to, double share) {
                return from + (to - from) * share;
            }
        };

        /** The value on the way, by the share of the way that is done, in [0, 1]. */
        public abstract double between(double from, double to, double share);
    }

    /** The same rate at every step. */
    public static final ScheduleSpec CONSTANT = SETTINGS.from(Map.of());

    /** The schedules that have a name. */
    public enum Kind {
        CONSTANT,
        STEP,
        MULTI_STEP,
        COSINE,
        ONE_CYCLE,
        RESTARTS
    }

    public ScheduleSpec {
        SETTINGS.require(
                schedule,
                lowestRate,
                warmupEpochs,
                stepEpochs,
                milestones,
                decay,
                peakAt,
                anneal,
                restartEpochs,
                restartFactor);
        if (schedule == Kind.MULTI_STEP && milestones.epochs().isEmpty()) {
            throw new IllegalArgumentException("schedule multi-step needs milestones, such as 100,150");
        }
    }
}
