package io.residual.tuning.sweep;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the winner of a search is confirmed: its best trials are trained again with fresh seeds.
 *
 * @param trials the best so many of the search, at least 1
 * @param seeds fresh runs of each, at least 2: a single one says nothing about how much others would differ
 */
public record ConfirmPlan(int trials, int seeds) {
    private static final Pattern GRAMMAR = Pattern.compile("([0-9]{1,9})(?:x([0-9]{1,9}))?");
    private static final String NONE = "none";
    private static final int SEEDS = 3;
    private static final int MAX = 100;

    public ConfirmPlan {
        if (trials < 1 || trials > MAX || seeds < 2 || seeds > MAX) {
            throw new IllegalArgumentException(
                    "expected from 1 to 100 trials and from 2 to 100 seeds, got " + trials + "x" + seeds);
        }
    }

    /**
     * Reads {@code 3x5}, three trials with five seeds; {@code 3}, with three seeds; or {@code none}.
     *
     * @throws IllegalArgumentException if the text is none of them
     */
    public static Optional<ConfirmPlan> parse(String text) {
        if (text.equals(NONE)) {
            return Optional.empty();
        }
        Matcher parts = GRAMMAR.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "expected trials and seeds such as 3x5, trials alone such as 3, or none, got \"" + text + "\"");
        }
        String seeds = parts.group(2);
        return Optional.of(
                new ConfirmPlan(Integer.parseInt(parts.group(1)), seeds == null ? SEEDS : Integer.parseInt(seeds)));
    }

    /** The plan as {@link #parse} reads it. */
    public static String text(Optional<ConfirmPlan> plan) {
        return plan.map(ConfirmPlan::toString).orElse(NONE);
    }

    @Override
    public String toString() {
        return trials + "x" + seeds;
    }
}
