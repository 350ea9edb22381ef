package io.residual.training.device;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run is to be trained on, written as {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}.
 *
 * @param index of the GPU, from 0
 */
public record DeviceChoice(Kind kind, int index) {
    /** A GPU if one can be used, else the CPU. */
    public static final DeviceChoice AUTO = new DeviceChoice(Kind.AUTO, 0);

    public static final DeviceChoice CPU = new DeviceChoice(Kind.CPU, 0);

    /** The first GPU. */
    public static final DeviceChoice CUDA = new DeviceChoice(Kind.CUDA, 0);

    private static final Pattern NUMBERED = Pattern.compile("cuda:(\\d{1,4})");

    /** Kinds of devices. */
    public enum Kind {
        /** The first GPU if it can be used, else the CPU. */
        AUTO,
        CPU,
        CUDA
    }

    /**
     * Reads what {@code toString} writes.
     *
     * @throws IllegalArgumentException if the text is none of these
     */
    public static DeviceChoice of(String text) {
        Matcher numbered = NUMBERED.matcher(text);
        if (numbered.matches()) {
            return new DeviceChoice(Kind.CUDA, Integer.parseInt(numbered.group(1)));
        }
        return switch (text) {
            case "auto" -> AUTO;
            case "cpu" -> CPU;
            case "cuda" -> CUDA;
            default ->
                throw new IllegalArgumentException("\"" + text + "\" is no device: expected auto, cpu, cuda or cuda:N");
        };
    }

    @Override
    public String toString() {
        return switch (kind) {
            case AUTO -> "auto";
            case CPU -> "cpu";
            case CUDA -> index == 0 ? "cuda" : "cuda:" + index;
        };
    }
}
