package io.residual.tuning.trials;

import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Objective;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a sweep is, in numbers that are kept from change to change: they take no longer of thousands of trials.
 *
 * @param states how many trials are in each of the states in which there are some, in the order of the states
 * @param best the best finished trial by the first objective, the earlier of equals
 * @param trainedEpochs of all trials together
 */
public record SweepProgress(Map<TrialState, Integer> states, Optional<Trial> best, long trainedEpochs) {
    /** Before the first trial. */
    static final SweepProgress NONE = new SweepProgress(Map.of(), Optional.empty(), 0);

    public SweepProgress {
        Map<TrialState, Integer> copy = new EnumMap<>(TrialState.class);
        copy.putAll(states);
        states = Collections.unmodifiableMap(copy);
    }

    /** The progress of some trials. */
    public static SweepProgress of(Objective first, List<Trial> trials) {
        SweepProgress progress = NONE;
        for (Trial trial : trials) {
            progress = progress.with(null, trial, first);
        }
        return progress;
    }

    /** The progress after a trial has changed. */
    SweepProgress with(@Nullable Trial before, Trial now, Objective first) {
        Map<TrialState, Integer> changed = new EnumMap<>(TrialState.class);
        changed.putAll(states);
        if (before != null) {
            changed.merge(before.state(), -1, Integer::sum);
        }
        changed.merge(now.state(), 1, Integer::sum);
        changed.values().removeIf(count -> count == 0);
        boolean isBest = now.state() == TrialState.DONE
                && best.map(trial -> Ranking.order(first).compare(now, trial) < 0)
                        .orElse(true);
        return new SweepProgress(
                changed,
                isBest ? Optional.of(now) : best,
                trainedEpochs + now.trainedEpochs() - (before == null ? 0 : before.trainedEpochs()));
    }
}
