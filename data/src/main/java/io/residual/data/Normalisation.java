package io.residual.data;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a network is fed for a level v of 0 to 255: (v / 255 - mean) / deviation, as of torchvision's {@code ToTensor} and
 * {@code Normalize}.
 */
public record Normalisation(PerChannel mean, PerChannel deviation) {
    /** Pixels in [0, 1], as the d2l book feeds them. */
    public static final Normalisation NONE = new Normalisation(PerChannel.all(0), PerChannel.all(1));

    private static final int LEVELS = 256;

    /**
     * A number for each channel of an image.
     *
     * @param values one, which counts for every channel, or three, for red, green and blue; finite
     */
    public record PerChannel(List<Double> values) {
        public PerChannel {
            values = List.copyOf(values);
            if (values.size() != 1 && values.size() != 3) {
                throw new IllegalArgumentException("expected 1 or 3 numbers, got " + values.size());
            }
            if (!values.stream().allMatch(Double::isFinite)) {
                throw new IllegalArgumentException("expected finite numbers, got " + values);
            }
        }

        /** The same number for every channel. */
        public static PerChannel all(double value) {
            return new PerChannel(List.of(value));
        }

        /**
         * Reads what {@link #toString} writes.
         *
         * @throws NumberFormatException if a part is no number
         */
        public static PerChannel of(String text) {
            return new PerChannel(Stream.of(text.split(",", -1))
                    .map(part -> Double.valueOf(part.strip()))
                    .toList());
        }

        double of(int channel) {
            return values.size() == 1 ? values.get(0) : values.get(channel);
        }

        /** As in "0.485,0.456,0.406". */
        @Override
        public String toString() {
            return values.stream().map(PerChannel::shortest).collect(Collectors.joining(","));
        }

        private static String shortest(double value) {
            return value == Math.rint(value) && Math.abs(value) < 1e6
                    ? String.format(Locale.ROOT, "%d", (long) value)
                    : Double.toString(value);
        }
    }

    public Normalisation {
        if (!deviation.values().stream().allMatch(value -> value > 0)) {
            throw new IllegalArgumentException("a standard deviation is above 0, unlike " + deviation);
        }
    }

    /**
     * The value of each level, [channels, 256].
     *
     * @throws IllegalArgumentException if there are numbers for three channels and the images have another number
     */
    public float[][] levels(int channels) {
        for (PerChannel numbers : List.of(mean, deviation)) {
            if (numbers.values().size() != 1 && numbers.values().size() != channels) {
                throw new IllegalArgumentException(numbers + " are numbers for "
                        + numbers.values().size() + " channels, the images have " + channels);
            }
        }
        float[][] levels = new float[channels][LEVELS];
        for (int c = 0; c < channels; c++) {
            float channelMean = (float) mean.of(c);
            float channelDeviation = (float) deviation.of(c);
            for (int v = 0; v < LEVELS; v++) {
                levels[c][v] = (v / 255f - channelMean) / channelDeviation;
            }
        }
        return levels;
    }
}
