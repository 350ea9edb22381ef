package io.residual.training.config;

import java.io.Serializable;

/**
 * How the learning rate changes over a run.
 *
 * @param lowestRate where cosine, one-cycle and restarts end, 0 to 10
 * @param warmupEpochs over which the rate rises in a line from a hundredth to the schedule's first, 0 to 10,000
 * @param stepEpochs between the falls of a step schedule, 1 to 10,000
 * @param milestones after which a multi-step schedule falls
 * @param decay factor of each fall, above 0, at most 1
 * @param peakAt share of the run after which one-cycle is at its highest rate, above 0, at most 1
 * @param anneal line of one-cycle
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
        int restartFactor)
        implements Serializable {
    /** The same rate at every step. */
    public static final ScheduleSpec CONSTANT = ScheduleSettings.defaults();

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
        ScheduleSettings.LOWEST_RATE.require(lowestRate);
        ScheduleSettings.WARMUP_EPOCHS.require(warmupEpochs);
        ScheduleSettings.STEP_EPOCHS.require(stepEpochs);
        ScheduleSettings.DECAY.require(decay);
        ScheduleSettings.PEAK_AT.require(peakAt);
        ScheduleSettings.RESTART_EPOCHS.require(restartEpochs);
        ScheduleSettings.RESTART_FACTOR.require(restartFactor);
        if (schedule == Kind.MULTI_STEP && milestones.epochs().isEmpty()) {
            throw new IllegalArgumentException("schedule multi-step needs milestones, such as 100,150");
        }
    }
}
