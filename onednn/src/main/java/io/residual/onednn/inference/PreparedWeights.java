package io.residual.onednn.inference;

import io.residual.onednn.kernels.FusedConvolution;
import io.residual.program.inference.FoldedWeights;
import io.residual.program.inference.FusedOperation;
import io.residual.program.inference.FusedOperation.Convolution;
import io.residual.program.inference.FusedOperation.Scaling;
import io.residual.program.inference.FusedProgram;
import io.residual.program.inference.Quantization;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The folded weights of a program in the layouts of its kernels, shared by all threads. */
final class PreparedWeights {
    private final FusedProgram fused;
    private final ValueTypes types;
    private final Function<String, float[]> parameters;
    private final IdentityHashMap<FusedOperation, FoldedWeights> folded = new IdentityHashMap<>();
    private final IdentityHashMap<FusedOperation, List<Prepared>> prepared = new IdentityHashMap<>();

    /** Counts how often parameters were taken. */
    private volatile int generation;

    /** Weights in one layout. */
    private record Prepared(memory.desc layout, BytePointer weights, FusedConvolution.Constants constants) {}

    /** A factor and a bias for each channel. */
    record ScalingConstants(Pointer factor, Pointer bias) {}

    PreparedWeights(FusedProgram fused, ValueTypes types, Function<String, float[]> parameters) {
        this.fused = fused;
        this.types = types;
        this.parameters = parameters;
        refresh();
    }

    /** Takes the parameters as they are now. */
    synchronized void refresh() {
        generation++;
        prepared.values().forEach(all -> all.forEach(each -> each.weights.close()));
        prepared.clear();
        folded.clear();
        for (FusedOperation operation : fused.operations()) {
            if (operation instanceof Convolution convolution) {
                int channels = fused.program().value(convolution.out()).channels();
                folded.put(operation, FoldedWeights.of(convolution, channels, parameters));
            } else if (operation instanceof Scaling scaling) {
                folded.put(operation, FoldedWeights.of(scaling.normalize(), parameters));
            }
        }
    }

    /** What is made of the weights, made again after they change. */
    <T> Supplier<T> latest(Supplier<T> make) {
        return new Supplier<>() {
            private int made = generation;
            private T value = make.get();

            @Override
            public T get() {
                if (made != generation) {
                    made = generation;
                    value = make.get();
                }
                return value;
            }
        };
    }

    /** The largest magnitude of all; NaN if one is not a number. */
    synchronized float largest() {
        float largest = 0;
        for (FoldedWeights each : folded.values()) {
            largest = Math.max(largest, each.largest());
        }
        return largest;
    }

    /** What a convolution's kernel reads besides images. */
    synchronized FusedConvolution.Constants constants(Convolution operation, FusedConvolution kernel) {
        List<Prepared> known = prepared.computeIfAbsent(operation, key -> new ArrayList<>());
        for (Prepared each : known) {
            if (each.layout.equals(kernel.layout())) {
                return each.constants;
            }
        }
        Prepared made = prepare(operation, kernel);
        known.add(made);
        return made.constants;
    }

    private Prepared prepare(Convolution operation, FusedConvolution kernel) {
        FoldedWeights weights = Objects.requireNonNull(folded.get(operation));
        int in = operation.convolve().in();
        Pointer bias = new FloatPointer(kernel.perChannel(weights.bias()));
        Pointer outStep =
                types.type(operation.out()).isInteger() ? new FloatPointer(types.step(operation.out())) : null;
        if (!types.type(in).isInteger()) {
            BytePointer memory = kernel.prepare(weights.weights());
            return new Prepared(
                    kernel.layout(),
                    memory,
                    new FusedConvolution.Constants(FusedConvolution.address(memory), bias, null, null, outStep));
        }
        Quantization.Weights integers = Quantization.Weights.of(weights, types.step(in));
        BytePointer memory = kernel.prepare(integers.values());
        return new Prepared(
                kernel.layout(),
                memory,
                new FusedConvolution.Constants(
                        FusedConvolution.address(memory),
                        bias,
                        new FloatPointer(types.step(in)),
                        new FloatPointer(kernel.perChannel(integers.steps())),
                        outStep));
    }

    /** What a batch norm without convolution reads besides images. */
    synchronized ScalingConstants constants(Scaling operation) {
        FoldedWeights weights = Objects.requireNonNull(folded.get(operation));
        return scaling(operation.normalize().in(), operation.out(), weights.weights(), weights.bias());
    }

    /** Factors and biases for images in their steps. */
    ScalingConstants scaling(int in, int out, float[] factor, float[] bias) {
        float[] factors = new float[factor.length];
        float[] biases = new float[factor.length];
        for (int c = 0; c < factor.length; c++) {
            factors[c] = factor[c] * types.step(in) / types.step(out);
            biases[c] = bias[c] / types.step(out);
        }
        return new ScalingConstants(new FloatPointer(factors), new FloatPointer(biases));
    }
}
