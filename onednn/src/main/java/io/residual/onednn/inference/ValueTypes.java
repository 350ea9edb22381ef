package io.residual.onednn.inference;

import io.residual.onednn.kernels.NumberType;
import io.residual.program.inference.FusedProgram;
import io.residual.program.inference.Quantization;
import io.residual.program.inference.Quantization.Sign;
import io.residual.program.inference.Quantization.Step;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/** What the numbers of each value are. */
final class ValueTypes {
    private final IntFunction<NumberType> types;
    private final Optional<Quantization> integers;

    private ValueTypes(IntFunction<NumberType> types, Optional<Quantization> integers) {
        this.types = types;
        this.integers = integers;
    }

    static ValueTypes floats() {
        return new ValueTypes(value -> NumberType.F32, Optional.empty());
    }

    static ValueTypes bf16(FusedProgram program) {
        Set<Integer> images = program.images();
        return new ValueTypes(value -> images.contains(value) ? NumberType.BF16 : NumberType.F32, Optional.empty());
    }

    static ValueTypes integers(Quantization quantization) {
        return new ValueTypes(
                value -> quantization
                        .step(value)
                        .map(step -> step.sign() == Sign.SIGNED ? NumberType.S8 : NumberType.U8)
                        .orElse(NumberType.F32),
                Optional.of(quantization));
    }

    NumberType type(int value) {
        return types.apply(value);
    }

    /** What 1 stands for. */
    float step(int value) {
        return integers.flatMap(quantization -> quantization.step(value))
                .map(Step::size)
                .orElse(1f);
    }
}
