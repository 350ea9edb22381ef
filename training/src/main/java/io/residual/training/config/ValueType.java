package io.residual.training.config;

import io.residual.data.Normalisation.PerChannel;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The values a setting may have, and how they are written as one word of text. */
sealed interface ValueType<T> {
    /** Whole numbers from {@code min} to {@code max}, both included. */
    static ValueType<Integer> wholeNumbers(int min, int max) {
        return new WholeNumbers<>(min, max, Math::toIntExact);
    }

    /** Finite numbers from {@code min} to {@code max}, both included. */
    static ValueType<Double> numbers(double min, double max) {
        return new ClosedReals(min, max);
    }

    /** The constants of an enum, in lower case, with dashes between words. */
    static <E extends Enum<E>> ValueType<E> wordsOf(E[] constants) {
        return new Choice<>(
                List.of(constants),
                constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /** The values in words that complete "expected ...", such as "a whole number from 1 to 8". */
    String words();

    /**
     * Reads a value; presets and the command line share this grammar.
     *
     * @throws IllegalArgumentException if the text is no value of this domain
     */
    T parse(String text);

    boolean contains(T value);

    /** Text that {@link #parse} turns into an equal value. */
    default String text(T value) {
        return value.toString();
    }

    /** Fails unless the domain contains the value. */
    default void require(String name, T value) {
        if (!contains(value)) {
            throw new IllegalArgumentException(name + ": " + expected(text(value)));
        }
    }

    /** What is wrong with a text that is no value of this domain. */
    default String expected(String text) {
        return "expected " + words() + ", got " + Quoted.of(text);
    }

    /**
     * Whole numbers from {@code min} to {@code max}, both included. A leading zero is refused: YAML reads it as octal.
     *
     * @param as narrows to the type of the setting
     */
    record WholeNumbers<T extends Number>(long min, long max, Function<Long, T> as) implements ValueType<T> {
        private static final Pattern GRAMMAR = Pattern.compile("-?(0|[1-9][0-9]{0,18})");

        @Override
        public String words() {
            return min == Long.MIN_VALUE && max == Long.MAX_VALUE
                    ? "a whole number of 64 bits"
                    : "a whole number from " + min + " to " + max;
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

    /** Finite numbers above {@code above}, up to and including {@code max}. */
    record Reals(double above, double max) implements ValueType<Double> {
        static final Pattern GRAMMAR = Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,4})?");

        @Override
        public String words() {
            return "a number above " + shorter(above) + ", at most " + shorter(max);
        }

        static String shorter(double value) {
            return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        }

        @Override
        public Double parse(String text) {
            if (GRAMMAR.matcher(text).matches() && contains(Double.parseDouble(text))) {
                return Double.parseDouble(text);
            }
            throw new IllegalArgumentException(expected(text));
        }

        @Override
        public boolean contains(Double value) {
            return value > above && value <= max;
        }
    }

    /** Finite numbers from {@code min} to {@code max}, both included. */
    record ClosedReals(double min, double max) implements ValueType<Double> {
        @Override
        public String words() {
            return "a number from " + Reals.shorter(min) + " to " + Reals.shorter(max);
        }

        @Override
        public Double parse(String text) {
            // Zero is added because -0 is 0 to every rule but not to equals.
            if (Reals.GRAMMAR.matcher(text).matches() && contains(Double.parseDouble(text))) {
                return Double.parseDouble(text) + 0.0;
            }
            throw new IllegalArgumentException(expected(text));
        }

        @Override
        public boolean contains(Double value) {
            return value >= min && value <= max;
        }
    }

    /** A number for all channels of an image, or three for red, green and blue, each from {@code min} to {@code max}. */
    record Channels(double min, double max) implements ValueType<PerChannel> {
        @Override
        public String words() {
            return "a number from " + Reals.shorter(min) + " to " + Reals.shorter(max)
                    + ", or three with commas between";
        }

        @Override
        public PerChannel parse(String text) {
            try {
                PerChannel values = PerChannel.of(text);
                if (contains(values)) {
                    return values;
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(expected(text), e);
            }
            throw new IllegalArgumentException(expected(text));
        }

        @Override
        public boolean contains(PerChannel value) {
            return value.values().stream().allMatch(v -> v >= min && v <= max);
        }
    }

    /** Rising lists of epochs. */
    record EpochLists() implements ValueType<Milestones> {
        @Override
        public String words() {
            return "rising epochs such as 100,150, or none";
        }

        @Override
        public Milestones parse(String text) {
            try {
                return Milestones.of(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(expected(text), e);
            }
        }

        @Override
        public boolean contains(Milestones value) {
            return true;
        }
    }

    /** A few values, each with a word of its own. */
    record Choice<T>(List<T> values, Function<T, String> word) implements ValueType<T> {
        public Choice {
            values = List.copyOf(values);
        }

        @Override
        public String words() {
            return values.stream().map(word).collect(Collectors.joining(" or "));
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

    /** Where images come from. */
    record Sources() implements ValueType<DataChoice> {
        @Override
        public String words() {
            return "auto, sample, a directory or images:DIRECTORY";
        }

        @Override
        public DataChoice parse(String text) {
            try {
                return DataChoice.of(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(expected(text), e);
            }
        }

        @Override
        public boolean contains(DataChoice value) {
            return true;
        }
    }

    /** What training starts from. */
    record Starts() implements ValueType<StartChoice> {
        @Override
        public String words() {
            return "none or a file that ends in .safetensors";
        }

        @Override
        public StartChoice parse(String text) {
            try {
                return StartChoice.of(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(expected(text), e);
            }
        }

        @Override
        public boolean contains(StartChoice value) {
            return true;
        }
    }
}
