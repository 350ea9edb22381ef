package io.residual.training.config;

import java.util.List;
import java.util.Map;

/** Settings of the learning rate's course. */
final class ScheduleSettings {
    static final Setting<ScheduleSpec.Kind> SCHEDULE = new Setting<>(
                    "schedule",
                    "course of the learning rate",
                    ValueType.wordsOf(ScheduleSpec.Kind.values()),
                    s -> s.optimisation().schedule().schedule())
            .otherwise(ScheduleSpec.Kind.CONSTANT);

    static final Setting<Double> LOWEST_RATE = new Setting<>(
                    "lowestRate",
                    "learning rate at the end of cosine, one-cycle and restarts",
                    ValueType.numbers(0, 10),
                    s -> s.optimisation().schedule().lowestRate())
            .otherwise(0.0);

    static final Setting<Double> WARMUP_EPOCHS = new Setting<>(
                    "warmupEpochs",
                    "epochs in front of the schedule in which the rate rises",
                    ValueType.numbers(0, 10_000),
                    s -> s.optimisation().schedule().warmupEpochs())
            .otherwise(0.0);

    static final Setting<Integer> STEP_EPOCHS = new Setting<>(
                    "stepEpochs",
                    "epochs between the falls of schedule step",
                    ValueType.wholeNumbers(1, 10_000),
                    s -> s.optimisation().schedule().stepEpochs())
            .otherwise(30);

    static final Setting<Milestones> MILESTONES = new Setting<>(
                    "milestones",
                    "epochs after which the rate falls in schedule multi-step",
                    new ValueType.EpochLists(),
                    s -> s.optimisation().schedule().milestones())
            .otherwise(Milestones.NONE);

    static final Setting<Double> DECAY = new Setting<>(
                    "decay",
                    "factor of each fall of step and multi-step",
                    new ValueType.Reals(0, 1),
                    s -> s.optimisation().schedule().decay())
            .otherwise(0.1);

    static final Setting<Double> PEAK_AT = new Setting<>(
                    "peakAt",
                    "share of the run after which one-cycle is at its highest",
                    new ValueType.Reals(0, 1),
                    s -> s.optimisation().schedule().peakAt())
            .otherwise(0.3);

    static final Setting<Anneal> ANNEAL = new Setting<>(
                    "anneal",
                    "line of one-cycle",
                    ValueType.wordsOf(Anneal.values()),
                    s -> s.optimisation().schedule().anneal())
            .otherwise(Anneal.COSINE);

    static final Setting<Integer> RESTART_EPOCHS = new Setting<>(
                    "restartEpochs",
                    "epochs of the first cycle of restarts",
                    ValueType.wholeNumbers(1, 10_000),
                    s -> s.optimisation().schedule().restartEpochs())
            .otherwise(10);

    static final Setting<Integer> RESTART_FACTOR = new Setting<>(
                    "restartFactor",
                    "by which each further cycle of restarts is longer",
                    ValueType.wholeNumbers(1, 10),
                    s -> s.optimisation().schedule().restartFactor())
            .otherwise(2);

    private static final List<Setting<?>> ALL = List.of(
            SCHEDULE,
            LOWEST_RATE,
            WARMUP_EPOCHS,
            STEP_EPOCHS,
            MILESTONES,
            DECAY,
            PEAK_AT,
            ANNEAL,
            RESTART_EPOCHS,
            RESTART_FACTOR);

    private ScheduleSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static ScheduleSpec defaults() {
        return build(new SettingValues(Map.of()));
    }

    static ScheduleSpec build(SettingValues texts) {
        return new ScheduleSpec(
                texts.value(SCHEDULE),
                texts.value(LOWEST_RATE),
                texts.value(WARMUP_EPOCHS),
                texts.value(STEP_EPOCHS),
                texts.value(MILESTONES),
                texts.value(DECAY),
                texts.value(PEAK_AT),
                texts.value(ANNEAL),
                texts.value(RESTART_EPOCHS),
                texts.value(RESTART_FACTOR));
    }
}
