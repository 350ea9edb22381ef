package io.residual.training.config;

import io.residual.training.config.ValueType.Reals.Bound;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The values a setting may have, and how they are written as one word of text. */
sealed interface ValueType<T> {
    /** Whole numbers from {@code min} to {@code max}, both included. */
    static ValueType<Integer> wholeNumbers(String metavariable, int min, int max) {
        return new WholeNumbers<>(metavariable, min, max, Math::toIntExact);
    }

    /** All whole numbers of 64 bits. */
    static ValueType<Long> wholeNumbers(String metavariable) {
        return new WholeNumbers<>(metavariable, Long.MIN_VALUE, Long.MAX_VALUE, Long::valueOf);
    }

    /** Finite numbers from {@code min} to {@code max}, both included. */
    static ValueType<Double> numbers(String metavariable, double min, double max) {
        return new Reals(metavariable, Bound.INCLUDED, min, max);
    }

    /** Finite numbers above {@code min}, up to and including {@code max}. */
    static ValueType<Double> numbersAbove(String metavariable, double min, double max) {
        return new Reals(metavariable, Bound.EXCLUDED, min, max);
    }

    /** The constants of an enum, in lower case, with dashes between words. */
    static <E extends Enum<E>> ValueType<E> wordsOf(E[] constants) {
        return new Choice<>(List.of(constants), ValueType::word);
    }

    /** The constants of an enum, or {@code none}. */
    static <E extends Enum<E>> ValueType<Optional<E>> noneOr(E[] constants) {
        List<Optional<E>> values = Stream.concat(
                        Stream.of(Optional.<E>empty()), Arrays.stream(constants).map(Optional::of))
                .toList();
        return new Choice<>(values, value -> value.map(ValueType::word).orElse("none"));
    }

    /**
     * Values that have a grammar of their own.
     *
     * @param of reads what {@code toString} writes, and refuses other texts with an {@link IllegalArgumentException}
     */
    static <T> ValueType<T> parsed(
            String metavariable, String description, Function<String, T> of, Predicate<T> allowed) {
        return new Parsed<>(metavariable, description, of, allowed);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a value is, for help texts, such as "PIXELS" or "book|torchvision". */
    String metavariable();

    /** The values in words that complete "expected ...", such as "a whole number from 1 to 8". */
    String description();

    /** What the metavariable does not say about the values, such as "from 1 to 8"; may be empty. */
    default String range() {
        return "";
    }

    /**
     * Reads a value; presets and the command line share this grammar.
     *
     * @throws IllegalArgumentException if the text is no value of this type
     */
    T parse(String text);

    boolean contains(T value);

    /** Text that {@link #parse} turns into an equal value. */
    default String text(T value) {
        return value.toString();
    }

    /** What is wrong with a text that is no value of this type. */
    default String expected(String text) {
        return "expected " + description() + ", got " + Quoted.of(text);
    }

    /**
     * Whole numbers from {@code min} to {@code max}, both included. A leading zero is refused: YAML reads it as octal.
     *
     * @param as narrows to the type of the setting
     */
    record WholeNumbers<T extends Number>(String metavariable, long min, long max, Function<Long, T> as)
            implements ValueType<T> {
        private static final Pattern GRAMMAR = Pattern.compile("-?(0|[1-9][0-9]{0,18})");

        @Override
        public String description() {
            return "a whole number " + range();
        }

        @Override
        public String range() {
            return min == Long.MIN_VALUE && max == Long.MAX_VALUE ? "of 64 bits" : "from " + min + " to " + max;
        }

        @Override
        public T parse(String text) {
            try {
                if (GRAMMAR.matcher(text).matches() && inRange(Long.parseLong(text))) {
                    return as.apply(Long.parseLong(text));
                }
            } catch (NumberFormatException beyond64Bits) {
                throw new IllegalArgumentException(expected(text), beyond64Bits);
            }
            throw new IllegalArgumentException(expected(text));
        }

        @Override
        public boolean contains(T value) {
            return inRange(value.longValue());
        }

        private boolean inRange(long value) {
            return value >= min && value <= max;
        }
    }

    /** Finite numbers up to and including {@code max}. */
    record Reals(String metavariable, Bound lower, double min, double max) implements ValueType<Double> {
        private static final Pattern GRAMMAR =
                Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,4})?");

        /** Whether the lower bound is one of the numbers. */
        enum Bound {
            INCLUDED,
            EXCLUDED
        }

        @Override
        public String description() {
            return "a number " + range();
        }

        @Override
        public String range() {
            return lower == Bound.INCLUDED
                    ? "from " + shortest(min) + " to " + shortest(max)
                    : "above " + shortest(min) + ", at most " + shortest(max);
        }

        private static String shortest(double value) {
            return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        }

        @Override
        public Double parse(String text) {
            if (GRAMMAR.matcher(text).matches() && contains(Double.parseDouble(text))) {
                // Zero is added because -0 is 0 to every rule but not to equals.
                return Double.parseDouble(text) + 0.0;
            }
            throw new IllegalArgumentException(expected(text));
        }

        @Override
        public boolean contains(Double value) {
            return (lower == Bound.INCLUDED ? value >= min : value > min) && value <= max;
        }
    }

    /** A few values, each with a word of its own. */
    record Choice<T>(List<T> values, Function<T, String> word) implements ValueType<T> {
        /** Longer ones do not fit on a line of help. */
        private static final int MAX_METAVARIABLE = 60;

        public Choice {
            values = List.copyOf(values);
        }

        @Override
        public String metavariable() {
            String words = words("|");
            return words.length() <= MAX_METAVARIABLE ? words : "NAME";
        }

        @Override
        public String description() {
            return words(" or ");
        }

        @Override
        public String range() {
            return words("|").length() <= MAX_METAVARIABLE ? "" : words(", ");
        }

        private String words(String separator) {
            return values.stream().map(word).collect(Collectors.joining(separator));
        }

        @Override
        public T parse(String text) {
            return values.stream()
                    .filter(v -> word.apply(v).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(expected(text)));
        }

        @Override
        public boolean contains(T value) {
            return values.contains(value);
        }

        @Override
        public String text(T value) {
            return word.apply(value);
        }
    }

    /** Values that have a grammar of their own. */
    record Parsed<T>(String metavariable, String description, Function<String, T> of, Predicate<T> allowed)
            implements ValueType<T> {
        @Override
        public T parse(String text) {
            try {
                T value = of.apply(text);
                if (contains(value)) {
                    return value;
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(expected(text), e);
            }
            throw new IllegalArgumentException(expected(text));
        }

        @Override
        public boolean contains(T value) {
            return allowed.test(value);
        }
    }
}
