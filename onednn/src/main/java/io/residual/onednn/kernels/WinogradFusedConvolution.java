package io.residual.onednn.kernels;

import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** By Winograd's products, of floats. */
final class WinogradFusedConvolution implements FusedConvolution {
    private final WinogradConvolution convolution;

    WinogradFusedConvolution(Settings settings) {
        convolution = WinogradConvolution.forward(
                settings.shape(),
                settings.addend().isPresent() ? WinogradOutput.Addend.IN_PLACE : WinogradOutput.Addend.ABSENT,
                settings.epilogue());
    }

    static boolean isFaster(Settings settings) {
        return settings.in() == NumberType.F32
                && settings.out() == NumberType.F32
                && WinogradConvolution.isFaster(settings.shape());
    }

    @Override
    public void run(Pointer in, Constants constants, Pointer out) {
        convolution.run(in, constants.weights(), constants.bias(), out);
    }

    @Override
    public memory.desc layout() {
        return convolution.layout();
    }

    @Override
    public BytePointer prepare(float[] weights) {
        BytePointer prepared = PrimitiveCache.allocate(layout().get_size());
        try (var given = new FloatPointer(weights)) {
            convolution.prepare(given, FusedConvolution.address(prepared));
        }
        return prepared;
    }

    @Override
    public BytePointer prepare(byte[] weights) {
        throw new IllegalArgumentException("Winograd's products are of floats");
    }

    @Override
    public float[] perChannel(float[] numbers) {
        return numbers;
    }

    @Override
    public void close() {
        convolution.close();
    }
}
