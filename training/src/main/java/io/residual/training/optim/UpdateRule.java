package io.residual.training.optim;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What turns a gradient into new parameters. Entries of running statistics are zero in the gradient and stay as they are. */
sealed interface UpdateRule permits Momentum, Adaptive, Muon {
    /**
     * Changes the parameters. The gradient is undefined afterwards.
     *
     * @param rate of learning, before the factors of the depths
     * @param scale by which the values of the gradient must be multiplied to be that of the mean loss
     * @param update counted from 0
     */
    void apply(double rate, double scale, long update);

    /** Live views of what decides the next updates, by name. */
    Map<String, INDArray> state();
}
