package io.residual.training.network;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class Nd4jProducts implements MatrixProducts {
    @Override
    public void forEach(int tasks, IntConsumer task) {
        AtomicInteger next = new AtomicInteger();
        Phaser done = new Phaser(tasks);
        Runnable worker = () -> {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                try {
                    task.accept(i);
                } finally {
                    done.arrive();
                }
            }
        };
        for (int i = 1; i < Math.min(tasks, Nd4j.getEnvironment().maxThreads()); i++) {
            ForkJoinPool.commonPool().execute(worker);
        }
        worker.run();
        done.awaitAdvance(0);
    }

    @Override
    public void multiply(
            INDArray a, INDArray b, INDArray c, boolean transposeA, boolean transposeB, double alpha, double beta) {
        Nd4j.getBlasWrapper().level3().gemm(a, b, c, transposeA, transposeB, alpha, beta);
    }
}
