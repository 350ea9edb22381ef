package io.residual.program;

import io.residual.program.Operation.Add;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Operation.Rectify;
import io.residual.program.Program.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the text of a program, described at {@link ProgramText}. */
final class ProgramParser {
    private final List<String> lines;
    /** Of the line that is read, counted from 0. */
    private int at;

    private String[] words = {};
    /** Of the next word of the line. */
    private int word;

    private final List<Value> values = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final Set<Integer> written = new HashSet<>();

    ProgramParser(List<String> lines) {
        this.lines = lines;
    }

    Program program() {
        if (!lines.get(0).equals(ProgramText.FIRST_LINE)) {
            throw expected("'" + ProgramText.FIRST_LINE + "'", lines.get(0));
        }
        List<Runnable> checks = new ArrayList<>();
        int input = -1;
        int logits = -1;
        while (logits < 0) {
            String kind = nextLine();
            if (kind.equals("value") && operations.isEmpty()) {
                values.add(new Value(next(), number(1), number(1), number(1)));
            } else if (kind.equals("input")) {
                input = value();
            } else if (kind.equals("logits") && input >= 0) {
                logits = value();
            } else {
                Operation operation = operation(kind);
                operations.add(operation);
                int line = at;
                checks.add(() -> check(operation, line));
            }
            end();
        }
        written.add(input);
        int last = at;
        checks.forEach(Runnable::run);
        at = last;
        checkEnd(logits);
        return new Program(values, operations, input, logits);
    }

    private void checkEnd(int logits) {
        if (!written.contains(logits) || values.get(logits).positions() != 1) {
            throw problem("the logits are a value of height and width 1 that an operation writes");
        }
        if (at != lines.size() - 2 || !lines.get(at + 1).isEmpty()) {
            at++;
            throw expected("the end of the text", at < lines.size() ? lines.get(at) : "no line break");
        }
    }

    private Operation operation(String kind) {
        return switch (kind) {
            case "convolve" -> new Convolve(next(), value(), value(), window(), either("biased", "unbiased"));
            case "normalize" -> {
                String layer = next();
                int in = value();
                int out = value();
                keyword("epsilon");
                double epsilon = real();
                keyword("decay");
                yield new Normalize(layer, in, out, epsilon, real(), either("unbiased", "biased"));
            }
            case "rectify" -> new Rectify(value(), value());
            case "add" -> new Add(value(), value(), value());
            case "pool" -> new Pool(poolKind(), value(), value(), window());
            case "pad" -> new PadChannels(value(), value());
            default -> throw expected("a value, an operation, the input or then the logits", kind);
        };
    }

    private Window window() {
        keyword("rows");
        Window.Axis rows = axis();
        keyword("columns");
        return new Window(rows, axis());
    }

    private Window.Axis axis() {
        return new Window.Axis(number(1), number(1), number(1), number(0), number(0));
    }

    private Pool.Kind poolKind() {
        String name = next();
        return Arrays.stream(Pool.Kind.values())
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(() -> expected("one of " + Arrays.toString(Pool.Kind.values()), name));
    }

    /** Whether an operation reads what is written, writes what is not, and the shapes of both are its own. */
    private void check(Operation operation, int line) {
        at = line;
        for (int in : operation.inputs()) {
            if (!written.contains(in)) {
                throw problem("value " + in + " is read before it is written");
            }
        }
        if (!written.add(operation.out())) {
            throw problem("value " + operation.out() + " is written before");
        }
        Value out = values.get(operation.out());
        for (int in : operation.inputs()) {
            if (!fits(operation, values.get(in), out)) {
                throw problem(values.get(in) + " does not become " + out);
            }
        }
    }

    private static boolean fits(Operation operation, Value in, Value out) {
        boolean sameImage = in.height() == out.height() && in.width() == out.width();
        if (operation instanceof Convolve convolve) {
            return fits(convolve.window(), in, out);
        }
        if (operation instanceof Pool pool) {
            return in.channels() == out.channels() && fits(pool.window(), in, out);
        }
        return sameImage
                && (operation instanceof PadChannels
                        ? in.channels() <= out.channels()
                        : in.channels() == out.channels());
    }

    private static boolean fits(Window window, Value in, Value out) {
        return fits(window.rows(), in.height(), out.height()) && fits(window.columns(), in.width(), out.width());
    }

    private static boolean fits(Window.Axis axis, int pixels, int positions) {
        long reach = (positions - 1L) * axis.stride() + (axis.size() - 1L) * axis.dilation() + 1;
        return reach <= (long) axis.before() + pixels + axis.after();
    }

    private String nextLine() {
        at++;
        if (at >= lines.size()) {
            throw expected("the input and then the logits", "the end of the text");
        }
        words = lines.get(at).split(" ", -1);
        word = 0;
        return next();
    }

    private String next() {
        if (word >= words.length) {
            throw problem("ends after " + words.length + " words");
        }
        if (words[word].isEmpty()) {
            throw problem("has an empty word");
        }
        return words[word++];
    }

    private void end() {
        if (word < words.length) {
            throw expected("the end of the line", words[word]);
        }
    }

    private void keyword(String name) {
        String found = next();
        if (!found.equals(name)) {
            throw expected("'" + name + "'", found);
        }
    }

    /** Whether it is the first of two words. */
    private boolean either(String yes, String no) {
        String found = next();
        if (!found.equals(yes) && !found.equals(no)) {
            throw expected("'" + yes + "' or '" + no + "'", found);
        }
        return found.equals(yes);
    }

    private int value() {
        int index = number(0);
        if (index >= values.size()) {
            throw problem("there is no value " + index + ": there are " + values.size());
        }
        return index;
    }

    private int number(int minimum) {
        String found = next();
        if (found.matches("\\d{1,9}") && Integer.parseInt(found) >= minimum) {
            return Integer.parseInt(found);
        }
        throw expected("a whole number of at least " + minimum, found);
    }

    private double real() {
        String found = next();
        try {
            double number = Double.parseDouble(found);
            if (number >= 0 && number < Double.POSITIVE_INFINITY) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, as are numbers out of range.
        }
        throw expected("a number of at least 0", found);
    }

    private IllegalArgumentException expected(String what, String found) {
        return problem("expected " + what + ", found '" + found + "'");
    }

    private IllegalArgumentException problem(String what) {
        return new IllegalArgumentException("line " + (at + 1) + ": " + what);
    }
}
