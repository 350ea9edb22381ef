package io.residual.cuda.nvidia;

import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Format;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Arrays to try a convolution with, full of numbers between -1 and 1: a GPU is faster on zeros. */
final class Scratch implements AutoCloseable {
    private static final int PATTERN_BYTES = 1 << 18;

    private final DeviceMemory memory;
    private final long address;
    private final long weights;
    private final long out;

    Scratch(DeviceMemory memory, ConvolutionShape shape, Format format) {
        this.memory = memory;
        long inBytes = aligned(
                pixels(
                        shape.images(),
                        shape.in().channels(),
                        shape.in().height(),
                        shape.in().width()),
                format);
        long weightBytes = aligned(shape.weights(), format);
        long outBytes = aligned(
                pixels(
                        shape.images(),
                        shape.out().channels(),
                        shape.out().height(),
                        shape.out().width()),
                format);
        long bytes = inBytes + weightBytes + outBytes;
        address = memory.reserve(Math.max(bytes, PATTERN_BYTES));
        weights = address + inBytes;
        out = weights + weightBytes;
        memory.upload(pattern(format), address);
        for (long filled = PATTERN_BYTES; filled < bytes; filled *= 2) {
            memory.copy(address, address + filled, Math.min(filled, bytes - filled));
        }
    }

    long in() {
        return address;
    }

    long weights() {
        return weights;
    }

    long out() {
        return out;
    }

    @Override
    public void close() {
        memory.free(address);
    }

    private static ByteBuffer pattern(Format format) {
        ByteBuffer pattern = ByteBuffer.allocateDirect(PATTERN_BYTES).order(ByteOrder.nativeOrder());
        SplittableRandom random = new SplittableRandom(1);
        while (pattern.hasRemaining()) {
            float value = (float) random.nextDouble(-1, 1);
            if (format == Format.BF16) {
                pattern.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            } else {
                pattern.putFloat(value);
            }
        }
        return pattern.flip();
    }

    private static long pixels(long images, long channels, long height, long width) {
        return images * channels * height * width;
    }

    private static long aligned(long numbers, Format format) {
        return (numbers * format.bytes() + 255) / 256 * 256;
    }
}
