package io.residual.training.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.graph.ResNetGraph;
import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.Preset;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.MatrixProducts;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** What steps with Muon come to is compared with PyTorch's by {@code GraphExecutorTest}. */
class MuonTest {
    private static final double A = 3.4445;
    private static final double B = -4.7750;
    private static final double C = 2.0315;

    /** Measured: 4e-6 at most. */
    private static final double ERROR = 5e-5;

    static Stream<MatrixProducts> products() {
        return KernelChoice.AUTO.resolve() == ComputeKernels.ONEDNN
                ? Stream.of(MatrixProducts.ND4J, MatrixProducts.ONEDNN)
                : Stream.of(MatrixProducts.ND4J);
    }

    static Stream<Arguments> matrices() {
        return products()
                .flatMap(products -> Stream.of("16, 9", "16, 144", "32, 16", "64, 576", "7, 7", "1, 9")
                        .map(shape -> shape.split(", ", -1))
                        .map(shape -> Arguments.of(products, Integer.valueOf(shape[0]), Integer.valueOf(shape[1]))));
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void single_precision_gives_what_double_does(MatrixProducts products, int rows, int columns) {
        double[] values = new Random(rows).doubles(rows * (long) columns, -1, 1).toArray();
        INDArray flat = Nd4j.createFromArray(floats(values));

        new Muon.Orthogonal(products, flat, rows, columns).compute();

        INDArray expected = iterate(Nd4j.createFromArray(values).reshape(rows, columns));
        assertThat(flat.castTo(expected.dataType()).reshape(rows, columns).distance2(expected))
                .isLessThan(ERROR * expected.norm2Number().doubleValue());
    }

    @Test
    void filters_without_a_gradient_get_no_step() {
        INDArray step = Nd4j.zeros(36L);
        new Muon.Orthogonal(MatrixProducts.ND4J, step, 4, 9).compute();

        assertThat(step.toFloatVector()).containsOnly(0);
    }

    @Test
    void the_number_of_threads_does_not_change_a_bit() {
        int before = Nd4j.getEnvironment().maxThreads();
        try {
            float[] alone = parametersAfterThreeSteps(1);
            assertThat(parametersAfterThreeSteps(2)).isEqualTo(alone);
            assertThat(parametersAfterThreeSteps(4)).isEqualTo(alone);
        } finally {
            Nd4j.getEnvironment().setMaxThreads(before);
        }
    }

    /** As the reference has it, in double precision. */
    private static INDArray iterate(INDArray matrix) {
        INDArray x = matrix.div(matrix.norm2Number().doubleValue() + 1e-7);
        for (int i = 0; i < 5; i++) {
            INDArray s = x.mmul(x.transpose());
            x = x.mul(A).add(s.mul(B).add(s.mmul(s).mul(C)).mmul(x));
        }
        return x;
    }

    private static float[] parametersAfterThreeSteps(int threads) {
        Nd4j.getEnvironment().setMaxThreads(threads);
        ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(
                ResNetSpec.resNet(18, Flavour.TORCHVISION).withWidth(4).withInput(new ImageShape(1, 40, 40)),
                new Sgd(0.1),
                1));
        graph.init();
        OptimisationSpec spec = Preset.resolve("quick", Map.of("optimiser", "muon", "momentum", "0.9"))
                .spec()
                .optimisation();
        Update update = new Update(graph, spec, LearningRate.of(spec, 3), 3, MatrixProducts.ND4J);
        Random random = new Random(7);
        for (int i = 0; i < 3; i++) {
            double[] gradient = random.doubles(graph.numParams(), -1, 1).toArray();
            graph.getFlattenedGradients().assign(Nd4j.createFromArray(floats(gradient)));
            update.take(1, i);
        }
        return graph.params().toFloatVector();
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
