package io.residual.training.network;

import java.util.function.IntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

final class OneDnnProducts implements MatrixProducts {
    @Override
    public void forEach(int tasks, IntConsumer task) {
        io.residual.onednn.step.MatrixProducts.forEach(tasks, task);
    }

    @Override
    public void multiply(
            INDArray a, INDArray b, INDArray c, boolean transposeA, boolean transposeB, double alpha, double beta) {
        io.residual.onednn.step.MatrixProducts.multiply(a, b, c, transposeA, transposeB, alpha, beta);
    }
}
