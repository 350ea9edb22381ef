package io.residual.tuning.search;

import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * The values of all trials after each of their epochs.
 *
 * @param trials by number
 */
public record LearningCurves(SortedMap<Long, Row> trials) {
    public LearningCurves {
        trials = Collections.unmodifiableSortedMap(new TreeMap<>(trials));
    }

    public Optional<Row> row(long trial) {
        return Optional.ofNullable(trials.get(trial));
    }

    /** The trials of some numbers only. */
    LearningCurves only(LongPredicate numbers) {
        SortedMap<Long, Row> kept = new TreeMap<>();
        trials.forEach((number, row) -> {
            if (numbers.test(number)) {
                kept.put(number, row);
            }
        });
        return new LearningCurves(kept);
    }

    /** Where a trial stands. */
    public enum State {
        RUNNING,
        PAUSED,
        /** Stopped early, for good. */
        PRUNED,
        /** Had all its epochs. */
        FINISHED,
        /** Its loss became NaN or infinite. */
        DIVERGED
    }

    /**
     * One trial.
     *
     * @param values of the objective, by the number of epochs before it, from 1
     */
    public record Row(State state, NavigableMap<Integer, Double> values) {
        public Row {
            values = Collections.unmodifiableNavigableMap(new TreeMap<>(values));
            if (!values.isEmpty() && !(values.firstKey() >= 1)) {
                throw new IllegalArgumentException("epochs are counted from 1, got " + values.firstKey());
            }
        }

        /** Epochs that the trial had. */
        public int resource() {
            return values.isEmpty() ? 0 : values.lastKey();
        }

        /** The value after so many epochs. */
        public Optional<Double> value(int resource) {
            return Optional.ofNullable(values.get(resource));
        }
    }

    /** An empty table, to start from. */
    public static LearningCurves empty() {
        return new LearningCurves(new TreeMap<>(Map.of()));
    }

    /** This table with a row added or replaced. */
    public LearningCurves with(long trial, Row row) {
        SortedMap<Long, Row> changed = new TreeMap<>(trials);
        changed.put(trial, row);
        return new LearningCurves(changed);
    }
}
