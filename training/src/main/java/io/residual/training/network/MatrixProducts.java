package io.residual.training.network;

import java.util.function.IntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What multiplies matrices outside a graph. */
public interface MatrixProducts {
    /** ND4J's BLAS. */
    MatrixProducts ND4J = new Nd4jProducts();

    /** oneDNN's, without what ND4J does around each product, which takes longer than a product of small matrices. */
    MatrixProducts ONEDNN = new OneDnnProducts();

    /**
     * Runs tasks side by side, and waits for them.
     *
     * @param task is given its number, from 0; long ones should come first
     */
    void forEach(int tasks, IntConsumer task);

    /**
     * {@code c = alpha * op(a) * op(b) + beta * c}.
     *
     * @param a FLOAT [rows, columns] of values that lie together column by column, like {@code b} and {@code c}
     * @param transposeA whether op(a) is the transposed matrix
     */
    void multiply(
            INDArray a, INDArray b, INDArray c, boolean transposeA, boolean transposeB, double alpha, double beta);
}
