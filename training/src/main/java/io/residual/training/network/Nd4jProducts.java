package io.residual.training.network;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class Nd4jProducts implements MatrixProducts {
    @Override
    public void forEach(int tasks, IntConsumer task) {
        IntStream all = IntStream.range(0, tasks);
        (Nd4j.getEnvironment().maxThreads() > 1 ? all.parallel() : all).forEach(task);
    }

    @Override
    public void multiply(
            INDArray a, INDArray b, INDArray c, boolean transposeA, boolean transposeB, double alpha, double beta) {
        Nd4j.getBlasWrapper().level3().gemm(a, b, c, transposeA, transposeB, alpha, beta);
    }
}
