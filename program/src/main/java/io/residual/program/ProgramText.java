package io.residual.program;

import io.residual.program.Operation.Add;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Operation.Rectify;
import io.residual.program.Program.Value;
import java.util.List;

/**
 * A program as text, so that one read from a Deeplearning4j network can be executed where Deeplearning4j is not. One line for
 * the version, each value, each operation, the input and the logits; words are separated by one space, values are counted
 * from 0 in the order of their lines:
 *
 * <pre>
 * program 1
 * value NAME CHANNELS HEIGHT WIDTH
 * convolve LAYER IN OUT rows SIZE STRIDE DILATION BEFORE AFTER columns SIZE STRIDE DILATION BEFORE AFTER biased|unbiased
 * normalize LAYER IN OUT epsilon NUMBER decay NUMBER biased|unbiased
 * rectify IN OUT
 * add LEFT RIGHT OUT
 * pool MAXIMUM|MEAN_OF_PRESENT IN OUT rows SIZE STRIDE DILATION BEFORE AFTER columns SIZE STRIDE DILATION BEFORE AFTER
 * pad IN OUT
 * input VALUE
 * logits VALUE
 * </pre>
 */
public final class ProgramText {
    static final String FIRST_LINE = "program 1";

    private ProgramText() {}

    /**
     * The text of a program, which {@link #parse} reads.
     *
     * @throws IllegalArgumentException if a name is empty or has white space
     */
    public static String of(Program program) {
        StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
        for (Value value : program.values()) {
            line(text, "value", name(value.vertex()), value.channels(), value.height(), value.width());
        }
        for (Operation operation : program.operations()) {
            append(text, operation);
        }
        line(text, "input", program.input());
        line(text, "logits", program.logits());
        return text.toString();
    }

    /**
     * Reads what {@link #of} wrote.
     *
     * @throws IllegalArgumentException if the text is not of that form, or its operations do not make a program: with the line
     *     and what was expected there
     */
    public static Program parse(String text) {
        return new ProgramParser(List.of(text.split("\n", -1))).program();
    }

    private static void append(StringBuilder text, Operation operation) {
        if (operation instanceof Convolve convolve) {
            String bias = convolve.biased() ? "biased" : "unbiased";
            line(
                    text,
                    "convolve",
                    name(convolve.layer()),
                    convolve.in(),
                    convolve.out(),
                    words(convolve.window()),
                    bias);
        } else if (operation instanceof Normalize norm) {
            String variance = norm.unbiased() ? "unbiased" : "biased";
            String numbers = "epsilon " + norm.epsilon() + " decay " + norm.decay();
            line(text, "normalize", name(norm.layer()), norm.in(), norm.out(), numbers, variance);
        } else if (operation instanceof Rectify rectify) {
            line(text, "rectify", rectify.in(), rectify.out());
        } else if (operation instanceof Add add) {
            line(text, "add", add.left(), add.right(), add.out());
        } else if (operation instanceof Pool pool) {
            line(text, "pool", pool.kind(), pool.in(), pool.out(), words(pool.window()));
        } else if (operation instanceof PadChannels pad) {
            line(text, "pad", pad.in(), pad.out());
        }
    }

    private static String words(Window window) {
        return "rows " + words(window.rows()) + " columns " + words(window.columns());
    }

    private static String words(Window.Axis axis) {
        return axis.size() + " " + axis.stride() + " " + axis.dilation() + " " + axis.before() + " " + axis.after();
    }

    private static String name(String name) {
        if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "'" + name + "' cannot be written: a name needs at least one character, none of them white space");
        }
        return name;
    }

    private static void line(StringBuilder text, Object... words) {
        for (int i = 0; i < words.length; i++) {
            text.append(i > 0 ? " " : "").append(words[i]);
        }
        text.append('\n');
    }
}
