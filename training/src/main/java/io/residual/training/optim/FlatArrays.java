package io.residual.training.optim;

import org.nd4j.linalg.api.blas.Level1;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Arithmetic on views of flat arrays by BLAS, which passes over memory once an operation and, for the few values of a batch
 * norm, costs less than an operation of ND4J.
 */
final class FlatArrays {
    private static final Level1 BLAS = Nd4j.getBlasWrapper().level1();

    private FlatArrays() {}

    /** A view of values {@code from} to {@code from + length - 1} of an array whose values lie together. */
    static INDArray view(INDArray flat, long from, long length) {
        return flat.reshape(flat.length()).get(NDArrayIndex.interval(from, from + length));
    }

    /** {@code to += factor * from}. */
    static void add(double factor, INDArray from, INDArray to) {
        BLAS.axpy(to.length(), factor, from, to);
    }

    /** {@code values *= factor}. */
    static void scale(double factor, INDArray values) {
        BLAS.scal(values.length(), factor, values);
    }

    static void copy(INDArray from, INDArray to) {
        BLAS.copy(from, to);
    }

    /** The root of the sum of squares. */
    static double norm(INDArray values) {
        return BLAS.nrm2(values);
    }

    static void swap(INDArray one, INDArray other) {
        BLAS.swap(one, other);
    }
}
