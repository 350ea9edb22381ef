package io.residual.cuda.step;

import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Program;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where each parameter lies in the arrays on the device: first the weights of convolutions, then those of dense layers, then
 * biases and batch norms' scales and shifts, then running statistics. Each begins at a multiple of {@value #ALIGNMENT} numbers;
 * those between are zero and stay so.
 */
final class ParameterLayout {
    /** What 256 bytes hold of the smallest numbers. */
    private static final int ALIGNMENT = 128;

    private final Map<String, Part> parts = new LinkedHashMap<>();
    private long end;
    private final long convolutionEnd;
    private final long decayEnd;
    private final long trainedEnd;

    /**
     * A parameter: [outer, inner, rows, columns] for Deeplearning4j, on the device rows of {@code rowLength} numbers, [outer, rows,
     * rowLength], each of [columns, inner] and zeros.
     *
     * @param from its first number
     */
    record Part(String name, long from, int outer, int inner, int rows, int columns, int rowLength) {
        /** How many numbers it has. */
        int length() {
            return outer * inner * rows * columns;
        }

        /** How many it has on the device. */
        int space() {
            return outer * rows * rowLength;
        }

        /** Its numbers as Deeplearning4j has them, from those of all on the device. */
        float[] of(float... all) {
            float[] own = new float[length()];
            for (int line = 0; line < outer * rows; line++) {
                int at = lineOnDevice(line);
                int first = line(line);
                for (int column = 0; column < columns; column++) {
                    for (int in = 0, to = first + column; in < inner; in++, to += rows * columns) {
                        own[to] = all[at++];
                    }
                }
            }
            return own;
        }

        /** Writes its numbers as Deeplearning4j has them to those of all on the device. */
        void write(float[] own, float... all) {
            for (int line = 0; line < outer * rows; line++) {
                int at = lineOnDevice(line);
                int first = line(line);
                for (int column = 0; column < columns; column++) {
                    for (int in = 0, from = first + column; in < inner; in++, from += rows * columns) {
                        all[at++] = own[from];
                    }
                }
            }
        }

        private int lineOnDevice(int line) {
            return Math.toIntExact(from + (long) line * rowLength);
        }

        private int line(int line) {
            return line / rows * inner * rows * columns + line % rows * columns;
        }
    }

    ParameterLayout(WideInput input) {
        Program program = input.original();
        List<Convolve> convolutions = new ArrayList<>();
        List<Normalize> normalizations = new ArrayList<>();
        for (Operation operation : program.operations()) {
            if (operation instanceof Convolve convolve) {
                convolutions.add(convolve);
            } else if (operation instanceof Normalize normalize) {
                normalizations.add(normalize);
            }
        }
        convolutions.stream().filter(each -> !isDense(program, each)).forEach(each -> addWeights(input, each));
        convolutionEnd = end;
        convolutions.stream().filter(each -> isDense(program, each)).forEach(each -> addWeights(input, each));
        decayEnd = end;
        convolutions.stream()
                .filter(Convolve::biased)
                .forEach(
                        each -> addVector(each.bias(), program.value(each.out()).channels()));
        for (String key : List.of("gamma", "beta")) {
            addVectors(program, normalizations, key);
        }
        trainedEnd = end;
        for (String key : List.of("mean", "var")) {
            addVectors(program, normalizations, key);
        }
    }

    private void addVectors(Program program, List<Normalize> operations, String key) {
        operations.forEach(
                each -> addVector(each.parameter(key), program.value(each.in()).channels()));
    }

    /** The layer whose outputs are the logits, in single precision whatever the format. */
    static boolean isDense(Program program, Convolve operation) {
        return operation.out() == program.logits()
                && program.value(operation.in()).positions() == 1
                && operation.window().rows().size() == 1
                && operation.window().columns().size() == 1;
    }

    private void addWeights(WideInput input, Convolve operation) {
        add(new Part(
                operation.weights(),
                end,
                input.original().value(operation.out()).channels(),
                input.original().value(operation.in()).channels(),
                operation.window().rows().size(),
                operation.window().columns().size(),
                input.rowLength(operation)));
    }

    private void addVector(String name, int length) {
        add(new Part(name, end, 1, 1, 1, length, length));
    }

    private void add(Part part) {
        parts.put(part.name(), part);
        end = (end + part.space() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    Part part(String name) {
        return Objects.requireNonNull(parts.get(name), name);
    }

    List<Part> parts() {
        return List.copyOf(parts.values());
    }

    /** Where weights of convolutions end. */
    long convolutionEnd() {
        return convolutionEnd;
    }

    /** Where all that decays ends. */
    long decayEnd() {
        return decayEnd;
    }

    /** Where all that has gradients ends. */
    long trainedEnd() {
        return trainedEnd;
    }

    /** Where everything ends. */
    long end() {
        return end;
    }
}
