package io.residual.training.loop;

/**
 * How far training has come.
 *
 * @param epochs that are over, their validation included
 * @param steps of the epoch after them
 * @param iterations all steps since training started
 * @param score of those {@code steps}
 * @param seconds that those {@code steps} took
 */
public record Position(int epochs, int steps, long iterations, ScoreSum score, double seconds) {
    /** Before the first step. */
    public static final Position START = new Position(0, 0, 0, ScoreSum.NONE, 0);

    public Position {
        if (!(epochs >= 0 && steps >= 0 && iterations >= steps)) {
            throw new IllegalArgumentException(
                    "no position: " + epochs + " epochs, " + steps + " steps, " + iterations + " iterations");
        }
        if (!(seconds >= 0)) {
            throw new IllegalArgumentException("seconds must be at least 0, got " + seconds);
        }
    }

    /** The current epoch, counted from 1. */
    public int epoch() {
        return epochs + 1;
    }

    /** A step further. */
    Position afterStep(ScoreSum score, double seconds) {
        return new Position(epochs, steps + 1, iterations + 1, score, seconds);
    }

    /** At the start of the next epoch. */
    Position afterEpoch() {
        return new Position(epochs + 1, 0, iterations, ScoreSum.NONE, 0);
    }

    /** In words, such as "epoch 3, step 17". */
    public String describe() {
        return steps == 0 ? "the start of epoch " + epoch() : "epoch " + epoch() + ", step " + steps;
    }
}
