package io.residual.training.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values a setting may have, and how they are written as one word of text.
 *
 * @param metavariable what a value is, for help texts, such as "PIXELS" or "book|torchvision"
 * @param description the values in words that complete "expected ...", such as "a whole number from 1 to 8"
 * @param range what the metavariable does not say about the values, such as "from 1 to 8"; may be empty
 * @param of reads what {@code text} writes, and refuses other texts with an {@link IllegalArgumentException}
 * @param allowed whether a value is in range
 */
record ValueType<T>(
        String metavariable,
        String description,
        String range,
        Function<String, T> of,
        Predicate<T> allowed,
        Function<T, String> text) {
    /** Longer ones do not fit on a line of help. */
    private static final int MAX_METAVARIABLE = 60;
    /** A leading zero is refused: YAML reads it as octal. */
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,18})");

    private static final Pattern REAL = Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,4})?");

    /** Whole numbers from {@code min} to {@code max}, both included. */
    static ValueType<Integer> wholeNumbers(String metavariable, int min, int max) {
        String range = "from " + min + " to " + max;
        return numbers(metavariable, "a whole number ", range, WHOLE, Integer::valueOf, v -> v >= min && v <= max);
    }

    /** All whole numbers of 64 bits. */
    static ValueType<Long> wholeNumbers(String metavariable) {
        return numbers(metavariable, "a whole number ", "of 64 bits", WHOLE, Long::valueOf, any -> true);
    }

    /** Finite numbers from {@code min} to {@code max}, both included. */
    static ValueType<Double> numbers(String metavariable, double min, double max) {
        String range = "from " + shortest(min) + " to " + shortest(max);
        return numbers(metavariable, "a number ", range, REAL, ValueType::real, v -> v >= min && v <= max);
    }

    /** Finite numbers above {@code min}, up to and including {@code max}. */
    static ValueType<Double> numbersAbove(String metavariable, double min, double max) {
        String range = "above " + shortest(min) + ", at most " + shortest(max);
        return numbers(metavariable, "a number ", range, REAL, ValueType::real, v -> v > min && v <= max);
    }

    private static <T> ValueType<T> numbers(
            String metavariable,
            String what,
            String range,
            Pattern grammar,
            Function<String, T> of,
            Predicate<T> allowed) {
        Function<String, T> strict = text -> {
            if (!grammar.matcher(text).matches()) {
                throw new NumberFormatException(text);
            }
            return of.apply(text);
        };
        return new ValueType<>(metavariable, what + range, range, strict, allowed, String::valueOf);
    }

    private static Double real(String text) {
        // Zero is added because -0 is 0 to every rule but not to equals.
        return Double.parseDouble(text) + 0.0;
    }

    private static String shortest(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** The constants of an enum, in lower case, with dashes between words. */
    static <E extends Enum<E>> ValueType<E> words(E[] constants) {
        return choice(List.of(constants), ValueType::word);
    }

    /** The constants of an enum, or {@code none}. */
    static <E extends Enum<E>> ValueType<Optional<E>> noneOr(E[] constants) {
        List<Optional<E>> values = Stream.concat(
                        Stream.of(Optional.<E>empty()), Arrays.stream(constants).map(Optional::of))
                .toList();
        return choice(values, value -> value.map(ValueType::word).orElse("none"));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A few values, each with a word of its own. */
    static <T> ValueType<T> choice(List<T> values, Function<T, String> word) {
        Function<String, String> words = separator -> values.stream().map(word).collect(Collectors.joining(separator));
        boolean fits = words.apply("|").length() <= MAX_METAVARIABLE;
        return new ValueType<>(
                fits ? words.apply("|") : "NAME",
                words.apply(" or "),
                fits ? "" : words.apply(", "),
                text -> values.stream()
                        .filter(value -> word.apply(value).equals(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(text)),
                values::contains,
                word);
    }

    /**
     * Values that have a grammar of their own.
     *
     * @param of reads what {@code toString} writes, and refuses other texts with an {@link IllegalArgumentException}
     */
    static <T> ValueType<T> parsed(String metavariable, String description, Function<String, T> of) {
        return new ValueType<>(metavariable, description, "", of, any -> true, String::valueOf);
    }

    /** These values as far as they are in range. */
    ValueType<T> where(Predicate<T> inRange) {
        return new ValueType<>(metavariable, description, range, of, inRange, text);
    }

    /**
     * Reads a value; presets and the command line share this grammar.
     *
     * @throws IllegalArgumentException if the text is no value of this type
     */
    T parse(String word) {
        try {
            T value = of.apply(word);
            if (allowed.test(value)) {
                return value;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(expected(word), e);
        }
        throw new IllegalArgumentException(expected(word));
    }

    /** What is wrong with a text that is no value of this type. */
    String expected(String word) {
        return "expected " + description + ", got " + Quoted.of(word);
    }
}
