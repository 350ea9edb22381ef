package io.residual.training.config;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Epochs after which the rate of a multi-step schedule drops, written as {@code 100,150}, or {@code none}.
 *
 * @param epochs rising, each at least 1
 */
public record Milestones(List<Integer> epochs) {
    public static final Milestones NONE = new Milestones(List.of());

    private static final String NO_EPOCHS = "none";
    private static final Pattern GRAMMAR = Pattern.compile("[1-9][0-9]{0,4}(,[1-9][0-9]{0,4}){0,99}");

    public Milestones {
        epochs = List.copyOf(epochs);
        int before = 0;
        for (int epoch : epochs) {
            if (epoch <= before) {
                throw new IllegalArgumentException("milestones rise from 1 on, got " + epochs);
            }
            before = epoch;
        }
    }

    /**
     * Reads what {@code toString} writes.
     *
     * @throws IllegalArgumentException if the text is no such list
     */
    static Milestones of(String text) {
        if (text.equals(NO_EPOCHS)) {
            return NONE;
        }
        if (!GRAMMAR.matcher(text).matches()) {
            throw new IllegalArgumentException("no list of epochs: " + Quoted.of(text));
        }
        return new Milestones(
                Arrays.stream(text.split(",", -1)).map(Integer::valueOf).toList());
    }

    @Override
    public String toString() {
        return epochs.isEmpty()
                ? NO_EPOCHS
                : epochs.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
