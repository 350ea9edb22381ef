package io.residual.training.network;

import io.residual.core.graph.PyTorchBatchNorm;
import io.residual.onednn.OneDnn;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A graph that can be trained, with what predicts from its parameters. */
public interface GraphNetwork extends Predictor {
    /** The graph that trains; its vertex {@code fc} gives the logits [N, classes]. */
    ComputationGraph graph();

    /** A faster way to the gradient that training needs, if there is one for these layers; a new one at each call. */
    default Optional<BatchGradient> compiledGradient() {
        return Optional.empty();
    }

    /** What multiplies matrices for updates of its weights. */
    default MatrixProducts matrixProducts() {
        return MatrixProducts.ND4J;
    }

    /**
     * A network of any layers before its first step, whose weights do not depend on the kernels.
     *
     * @param configuration whose vertex {@code fc} gives the logits; fresh from its builder, which has just seeded ND4J's
     *     generator
     */
    static GraphNetwork initial(ComputationGraphConfiguration configuration, ComputeKernels kernels) {
        ComputationGraph stock = new ComputationGraph(configuration);
        stock.init();
        return switch (kernels) {
            case STOCK -> new Plain(stock);
            case CUDA -> throw new IllegalArgumentException("the CPU has no such kernels");
            case ONEDNN -> {
                ComputationGraph graph =
                        new ComputationGraph(OneDnn.accelerate(configuration, PyTorchBatchNorm.class::isInstance));
                graph.init();
                OneDnn.copyParameters(stock, graph);
                yield new Plain(graph);
            }
        };
    }

    /** A graph that predicts itself. */
    record Plain(ComputationGraph graph) implements GraphNetwork {
        @Override
        public INDArray probabilities(INDArray images) {
            return graph.output(false, images)[0];
        }
    }
}
