package io.residual.training.config;

import io.residual.training.config.Setting.Topic;

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
    static final SettingGroup<ScheduleSpec> SETTINGS =
            new SettingGroup<>(Topic.SCHEDULE, s -> s.optimisation().schedule());

    static final Setting<Kind> SCHEDULE = SETTINGS.named("schedule", "schedule of the learning rate")
            .withDefault(ValueType.wordsOf(Kind.values()), ScheduleSpec::schedule, Kind.CONSTANT);

    static final Setting<Double> LOWEST_RATE = SETTINGS.named(
                    "lowestRate", "learning rate at the end of cosine, one-cycle and restarts")
            .withDefault(ValueType.numbers("RATE", 0, 10), ScheduleSpec::lowestRate, 0.0);

    static final Setting<Double> WARMUP_EPOCHS = SETTINGS.named(
                    "warmupEpochs", "linear warm-up of the learning rate before the schedule, in epochs")
            .withDefault(ValueType.numbers("EPOCHS", 0, 10_000), ScheduleSpec::warmupEpochs, 0.0);

    static final Setting<Integer> STEP_EPOCHS = SETTINGS.named(
                    "stepEpochs", "epochs between the drops of schedule step")
            .withDefault(ValueType.wholeNumbers("EPOCHS", 1, 10_000), ScheduleSpec::stepEpochs, 30);

    static final Setting<Milestones> MILESTONES = SETTINGS.named(
                    "milestones", "epochs after which schedule multi-step drops, such as 100,150")
            .withDefault(
                    ValueType.parsed(
                            "none|EPOCH,EPOCH...",
                            "rising epochs such as 100,150, or none",
                            Milestones::of,
                            any -> true),
                    ScheduleSpec::milestones,
                    Milestones.NONE);

    static final Setting<Double> DECAY = SETTINGS.named("decay", "factor of each drop of step and multi-step")
            .withDefault(ValueType.numbersAbove("FACTOR", 0, 1), ScheduleSpec::decay, 0.1);

    static final Setting<Double> PEAK_AT = SETTINGS.named(
                    "peakAt", "share of the run after which one-cycle is at its highest rate")
            .withDefault(ValueType.numbersAbove("SHARE", 0, 1), ScheduleSpec::peakAt, 0.3);

    static final Setting<Anneal> ANNEAL = SETTINGS.named("anneal", "curve of one-cycle")
            .withDefault(ValueType.wordsOf(Anneal.values()), ScheduleSpec::anneal, Anneal.COSINE);

    static final Setting<Integer> RESTART_EPOCHS = SETTINGS.named(
                    "restartEpochs", "epochs of the first cycle of restarts")
            .withDefault(ValueType.wholeNumbers("EPOCHS", 1, 10_000), ScheduleSpec::restartEpochs, 10);

    static final Setting<Integer> RESTART_FACTOR = SETTINGS.named(
                    "restartFactor", "factor by which each further cycle of restarts is longer")
            .withDefault(ValueType.wholeNumbers("FACTOR", 1, 10), ScheduleSpec::restartFactor, 2);

    /** The same rate at every step. */
    public static final ScheduleSpec CONSTANT = from(SettingValues.DEFAULTS);

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
        LOWEST_RATE.require(lowestRate);
        WARMUP_EPOCHS.require(warmupEpochs);
        STEP_EPOCHS.require(stepEpochs);
        DECAY.require(decay);
        PEAK_AT.require(peakAt);
        RESTART_EPOCHS.require(restartEpochs);
        RESTART_FACTOR.require(restartFactor);
        if (schedule == Kind.MULTI_STEP && milestones.epochs().isEmpty()) {
            throw new IllegalArgumentException("schedule multi-step needs milestones, such as 100,150");
        }
    }

    static ScheduleSpec from(SettingValues values) {
        return new ScheduleSpec(
                values.get(SCHEDULE),
                values.get(LOWEST_RATE),
                values.get(WARMUP_EPOCHS),
                values.get(STEP_EPOCHS),
                values.get(MILESTONES),
                values.get(DECAY),
                values.get(PEAK_AT),
                values.get(ANNEAL),
                values.get(RESTART_EPOCHS),
                values.get(RESTART_FACTOR));
    }
}
