package io.residual.onednn.inference;

import io.residual.onednn.inference.ThreadProgram.Address;
import io.residual.onednn.kernels.NumberType;
import io.residual.program.Program.Value;
import io.residual.program.inference.FusedOperation.Mean;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/** The means of channels, added up in float from the first position to the last. */
final class MeanJob implements OperationKernels.Job {
    private final Value in;
    private final Mean mean;
    private final NumberType type;
    private final float factor;
    private final float[] sums;
    private final byte[] bytes;
    private final short[] shorts;
    private final float[] floats;

    MeanJob(Value in, Mean mean, ValueTypes types, int images) {
        this.in = in;
        this.mean = mean;
        this.type = types.type(mean.in());
        this.factor = types.step(mean.in()) / in.positions();
        this.sums = new float[images * in.channels()];
        int length = images * in.size();
        bytes = new byte[type.isInteger() ? length : 0];
        shorts = new short[type == NumberType.BF16 ? length : 0];
        floats = new float[length];
    }

    @Override
    public void run(ThreadProgram thread, int at) {
        read(new Address().at(thread.address(mean.in(), at)));
        Arrays.fill(sums, 0);
        for (int row = 0; row < floats.length / in.channels(); row++) {
            int to = row / in.positions() * in.channels();
            int from = row * in.channels();
            for (int c = 0; c < in.channels(); c++) {
                sums[to + c] += floats[from + c];
            }
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] *= factor;
        }
        thread.floats(mean.out(), at).put(sums);
    }

    private void read(Pointer address) {
        if (type == NumberType.F32) {
            new FloatPointer(address).get(floats);
        } else if (type == NumberType.BF16) {
            new ShortPointer(address).get(shorts);
            for (int i = 0; i < floats.length; i++) {
                floats[i] = Float.intBitsToFloat(shorts[i] << 16);
            }
        } else {
            new BytePointer(address).get(bytes);
            int mask = type == NumberType.U8 ? 0xff : -1;
            for (int i = 0; i < floats.length; i++) {
                floats[i] = bytes[i] & mask;
            }
        }
    }
}
