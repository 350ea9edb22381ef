package io.residual.tuning.search;

import java.util.List;

/** What is known of a trial. */
public sealed interface Outcome {
    /**
     * The trial had its whole budget.
     *
     * @param objectives one for each objective of the sweep, finite
     */
    record Finished(List<Double> objectives) implements Outcome {
        public Finished {
            objectives = List.copyOf(objectives);
            if (objectives.isEmpty() || !objectives.stream().allMatch(Double::isFinite)) {
                throw new IllegalArgumentException(
                        "a finished trial has a finite value of each objective, not " + objectives);
            }
        }

        /** The value of the one objective. */
        public static Finished of(double objective) {
            return new Finished(List.of(objective));
        }
    }

    /**
     * The trial was stopped early, or is paused.
     *
     * @param resource epochs that it had, at least 1
     * @param objective its value after them
     */
    record Pruned(int resource, double objective) implements Outcome {
        public Pruned {
            if (!(resource >= 1)) {
                throw new IllegalArgumentException("a pruned trial had at least 1 epoch, not " + resource);
            }
        }
    }

    /** The loss became NaN or infinite: worse than every other outcome. */
    record Diverged() implements Outcome {}

    /** Not known yet. */
    record Running() implements Outcome {}
}
