package io.residual.program.inference;

import io.residual.program.Program.Value;
import io.residual.program.inference.FusedOperation.Activation;
import io.residual.program.inference.FusedOperation.Convolution;
import io.residual.program.inference.FusedOperation.Padding;
import io.residual.program.inference.FusedOperation.Pooling;
import io.residual.program.inference.FusedOperation.Rectification;
import io.residual.program.inference.FusedOperation.Scaling;
import io.residual.program.inference.FusedOperation.Sum;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which values of a program are 8-bit integers, and what they stand for. All are from the input to the mean over the
 * positions of the last image; means and what follows are 32-bit floats.
 */
public final class Quantization {
    private static final int MAX_SIGNED = 127;
    private static final int MAX_UNSIGNED = 255;

    /** In steps of products. */
    private static final float MAX_BIAS = 1 << 30;

    private final FusedProgram program;
    private final List<Optional<Step>> steps;

    /** The integers of a value: it is about {@code integer * size}. */
    public record Step(float size, Sign sign) {}

    /** Whether integers may be negative. */
    public enum Sign {
        /** From -127 to 127. */
        SIGNED,
        /** From 0 to 255. */
        UNSIGNED
    }

    private Quantization(FusedProgram program) {
        this.program = program;
        int count = program.program().values().size();
        steps = new ArrayList<>(Collections.nCopies(count, Optional.empty()));
    }

    /** The values whose ranges must be known, by their number: those that are integers here, and what is added to addends. */
    public static Set<Integer> values(FusedProgram program) {
        Set<Integer> values = new TreeSet<>();
        new Quantization(program).visit((value, sign) -> {
            values.add(value);
            return new Step(1, sign);
        });
        for (FusedOperation operation : program.operations()) {
            if (operation instanceof Convolution convolution
                    && convolution.addend().isPresent()) {
                values.add(convolution.summand());
            }
        }
        return values;
    }

    /**
     * Integers for values of these ranges.
     *
     * @throws IllegalArgumentException if the range of a value is missing, with its name
     */
    public static Quantization of(FusedProgram program, ActivationRanges ranges) {
        Quantization quantization = new Quantization(program);
        quantization.visit((value, sign) -> step(program.program().value(value), ranges, sign));
        return quantization;
    }

    /**
     * Integers for a value of its range.
     *
     * @throws IllegalArgumentException if the range of the value is missing, with its name
     */
    public static Step step(Value value, ActivationRanges ranges, Sign sign) {
        Float range = ranges.byVertex().get(value.vertex());
        if (range == null) {
            throw new IllegalArgumentException("\"" + value.vertex() + "\": its range is missing");
        }
        return new Step(range / (sign == Sign.SIGNED ? MAX_SIGNED : MAX_UNSIGNED), sign);
    }

    private interface Measured {
        Step step(int value, Sign sign);
    }

    private void visit(Measured ranges) {
        set(program.program().input(), ranges.step(program.program().input(), Sign.SIGNED));
        Set<Integer> images = program.images();
        for (FusedOperation operation : program.operations()) {
            if (!images.contains(operation.out())) {
                continue;
            }
            if (operation instanceof Pooling || operation instanceof Padding) {
                steps.set(operation.out(), steps.get(operation.inputs().get(0)));
            } else {
                Sign sign = isRectified(operation) ? Sign.UNSIGNED : Sign.SIGNED;
                set(operation.out(), ranges.step(operation.out(), sign));
            }
        }
    }

    private void set(int value, Step step) {
        steps.set(value, Optional.of(step));
    }

    private static boolean isRectified(FusedOperation operation) {
        return operation instanceof Rectification
                || (operation instanceof Convolution convolution && convolution.activation() == Activation.RELU)
                || (operation instanceof Scaling scaling && scaling.activation() == Activation.RELU)
                || (operation instanceof Sum sum && sum.activation() == Activation.RELU);
    }

    /** The integers of a value; empty if it is of 32-bit floats. */
    public Optional<Step> step(int value) {
        return steps.get(value);
    }

    /** Weights as integers from -127 to 127, with a step of its own for each output channel. */
    public static final class Weights {
        private final byte[] values;
        private final float[] steps;

        private Weights(byte[] values, float[] steps) {
            this.values = values;
            this.steps = steps;
        }

        /**
         * Rounds weights.
         *
         * @param inStep what an integer of the input stands for: a step is so large that the bias, in steps of products, is far
         *     within 32 bits
         */
        public static Weights of(FoldedWeights folded, float inStep) {
            float[] weights = folded.weights();
            byte[] values = new byte[weights.length];
            float[] steps = new float[folded.bias().length];
            int perChannel = weights.length / steps.length;
            for (int c = 0; c < steps.length; c++) {
                float largest = Math.abs(folded.bias()[c]) / inStep / MAX_BIAS * MAX_SIGNED;
                for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
                    largest = Math.max(largest, Math.abs(weights[i]));
                }
                steps[c] = largest > Float.MIN_NORMAL ? largest / MAX_SIGNED : 1;
                for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
                    values[i] = (byte) Math.round(weights[i] / steps[c]);
                }
            }
            return new Weights(values, steps);
        }

        /** In the order of the weights; not a copy. */
        public byte[] values() {
            return values;
        }

        /** What 1 stands for, [output channels]; not a copy. */
        public float[] steps() {
            return steps;
        }
    }
}
