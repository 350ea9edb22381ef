package io.residual.onednn.kernels;

import java.util.Optional;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * out = activation(in * weights + bias + out) for inference, where out may have held an addend before; of a fixed number of
 * images at addresses, in the order N, H, W, C.
 */
public interface FusedConvolution {
    /** How the products are computed. */
    enum Algorithm {
        /** One after the other: all that PyTorch makes of NaN and infinity, and kernels that use all threads. */
        DIRECT,
        /** By Winograd's products where they are faster in one thread. */
        FASTEST
    }

    /**
     * What decides which primitive is needed.
     *
     * @param addend the numbers that out holds before, of as many bytes as those it holds then
     */
    record Settings(ConvolutionShape shape, NumberType in, NumberType out, Optional<Addend> addend, Epilogue epilogue) {
        NumberType weights() {
            return in.isInteger() ? NumberType.S8 : in;
        }
    }

    /**
     * The numbers that out holds before.
     *
     * @param step what an integer is multiplied by; 1 for floats
     */
    record Addend(NumberType type, float step) {}

    /**
     * What does not change from one batch to the next.
     *
     * @param weights as {@link #prepare} left them
     * @param bias a float for each output channel, as {@link #perChannel} laid it out
     * @param inStep what an integer of the input stands for; null for floats, as are the other two
     * @param weightSteps the same for each output channel, as {@link #perChannel} laid it out
     */
    record Constants(
            Pointer weights,
            Pointer bias,
            @Nullable Pointer inStep,
            @Nullable Pointer weightSteps,
            @Nullable Pointer outStep) {}

    static FusedConvolution of(Settings settings, Algorithm algorithm) {
        return algorithm == Algorithm.FASTEST && WinogradFusedConvolution.isFaster(settings)
                ? new WinogradFusedConvolution(settings)
                : new DirectFusedConvolution(settings);
    }

    void run(Pointer in, Constants constants, Pointer out);

    /** The layout that {@link #prepare} brings weights to: kernels with an equal one can use them, too. */
    memory.desc layout();

    /** Weights [output channels, input channels, rows, columns] for these kernels. */
    BytePointer prepare(float[] weights);

    /** Integer weights [output channels, input channels, rows, columns] for these kernels. */
    BytePointer prepare(byte[] weights);

    /** A number for each output channel, once for each position if the kernels want that. */
    float[] perChannel(float[] numbers);

    /** Where prepared weights begin. */
    static Pointer address(BytePointer prepared) {
        return PrimitiveCache.aligned(prepared);
    }

    void close();
}
