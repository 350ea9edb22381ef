package io.residual.onednn.step;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of matrices that are too small for several threads each, on oneDNN. */
public final class MatrixProducts {
    private MatrixProducts() {}

    /**
     * Runs tasks in the threads of compiled steps, each in one of them, in which {@link #multiply} starts no others.
     *
     * @param task is given its number, from 0; lower numbers start first
     */
    public static void forEach(int tasks, IntConsumer task) {
        AtomicInteger next = new AtomicInteger();
        Workers.shared().run(thread -> {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                task.accept(i);
            }
        });
    }

    /**
     * {@code c = alpha * op(a) * op(b) + beta * c}.
     *
     * @param a FLOAT [rows, columns] of values that lie together column by column, like {@code b} and {@code c}
     * @param transposeA whether op(a) is the transposed matrix
     */
    public static void multiply(
            INDArray a, INDArray b, INDArray c, boolean transposeA, boolean transposeB, double alpha, double beta) {
        // Row by row, as oneDNN has it, the same values are the transposed matrices, whose product has the other order.
        dnnl.sgemm(
                operation(transposeB),
                operation(transposeA),
                c.size(1),
                c.size(0),
                a.size(transposeA ? 0 : 1),
                (float) alpha,
                floats(b),
                b.size(0),
                floats(a),
                a.size(0),
                (float) beta,
                floats(c),
                c.size(0));
    }

    private static byte operation(boolean transposed) {
        return (byte) (transposed ? 'T' : 'N');
    }

    private static FloatPointer floats(INDArray array) {
        return new FloatPointer(array.data().addressPointer());
    }
}
