package io.residual.core.safetensors;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;

/** Text of a file in a message: escaped, because it may hold control characters, and cut to a length that fits a line. */
final class Quoted {
    private static final int MAX_NAME_CHARS = 120;
    private static final int MAX_AXES = 16;

    private Quoted() {}

    static String name(String name) {
        boolean fits = name.length() <= MAX_NAME_CHARS;
        String head = fits ? name : name.substring(0, MAX_NAME_CHARS);
        return "'" + new String(JsonStringEncoder.getInstance().quoteAsString(head)) + (fits ? "'" : "...'");
    }

    static String shape(List<Long> shape) {
        return shape.size() <= MAX_AXES
                ? shape.toString()
                : shape.subList(0, MAX_AXES).toString().replace("]", ", ...]") + " (" + shape.size() + " axes)";
    }
}
