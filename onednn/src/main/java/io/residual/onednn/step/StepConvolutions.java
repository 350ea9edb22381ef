package io.residual.onednn.step;

import io.residual.onednn.kernels.BatchConvolution;
import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import io.residual.onednn.kernels.ConvolutionShape;
import io.residual.onednn.kernels.Precision;
import io.residual.program.Operation.Convolve;
import io.residual.program.Program;
import java.util.EnumSet;
import java.util.Set;

/** Makes the convolutions of a step for parts of its batch. */
final class StepConvolutions {
    private final Program program;
    private final Storage storage;
    private final Division division;
    private final int images;

    /** @param images of the batch */
    StepConvolutions(Program program, Storage storage, Division division, int images) {
        this.program = program;
        this.storage = storage;
        this.division = division;
        this.images = images;
    }

    /** For so many images, and for the thread that asks. */
    BatchConvolution of(Convolve operation, int count) {
        return BatchConvolution.of(
                shape(operation, count), storage.of(operation.in()), storage.of(operation.out()), winograd(operation));
    }

    private ConvolutionShape shape(Convolve operation, int count) {
        return Shapes.convolution(
                program.value(operation.in()),
                program.value(operation.out()),
                operation,
                count,
                storage.factors(operation));
    }

    /** By the size of the parts, so that the last part, which may have fewer images, is computed in the same way. */
    private Set<Direction> winograd(Convolve operation) {
        Set<Direction> passes = EnumSet.noneOf(Direction.class);
        if (storage.of(operation.in()) == Precision.F32 && storage.of(operation.out()) == Precision.F32) {
            for (Direction pass : Direction.values()) {
                if (BatchConvolution.isFasterByWinograd(shape(operation, size(operation, pass)))) {
                    passes.add(pass);
                }
            }
        }
        return passes;
    }

    private int size(Convolve operation, Direction pass) {
        return switch (pass) {
            case FORWARD -> division.forwardSize(operation);
            case BACKWARD_DATA -> division.backwardSize(operation);
            case BACKWARD_WEIGHTS ->
                Division.isHeavy(program, operation, images) ? images : division.backwardSize(operation);
        };
    }
}
