package io.residual.onednn.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.onednn.InferenceGraph;
import io.residual.onednn.layers.ResNets;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import io.residual.program.inference.ActivationRanges;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

class CompiledInferenceTest {
    private static final int PIXELS = 28;

    private enum Network {
        /** With a max pool behind the stem; its last images have one pixel, those before them two a side. */
        RESNET_18(ResNets.of(PIXELS, 1, new Sgd(0.1), 4, 8, 16, 32)),
        /** With shortcuts without parameters. */
        RESNET_20(ResNets.small(PIXELS, 1, new Sgd(0.1), 3, 4, 8, 16)),
        /** Computed by Winograd's products, where there are images for each thread. */
        WIDE(ResNets.of(PIXELS, 1, new Sgd(0.1), 192));

        private final ComputationGraphConfiguration stock;

        Network(ComputationGraphConfiguration stock) {
            this.stock = stock;
        }

        ComputationGraph graph() {
            ComputationGraph graph = new ComputationGraph(stock.clone());
            graph.init();
            Nd4j.getRandom().setSeed(5);
            graph.paramTable().forEach((name, values) -> {
                if (name.endsWith("_var")) {
                    values.assign(Nd4j.rand(DataType.FLOAT, values.shape()).addi(0.5));
                } else if (name.endsWith("_mean") || name.endsWith("_beta") || name.endsWith("_b")) {
                    values.assign(Nd4j.randn(DataType.FLOAT, values.shape()).muli(0.2));
                }
            });
            return graph;
        }

        Program program() {
            try {
                return ProgramReader.read(stock, InputType.convolutional(PIXELS, PIXELS, 1), norm -> false);
            } catch (UnsupportedNetworkException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private enum Numbers {
        FLOATS(1e-5),
        /** 8 bits of mantissa, in some twenty layers. */
        BF16(2e-2),
        /** 7 or 8 bits from 0 to the largest value. */
        INTEGERS(0.1);

        /** Of the largest logit. */
        private final double tolerance;

        Numbers(double tolerance) {
            this.tolerance = tolerance;
        }

        CompiledInference of(Network network, ComputationGraph graph) {
            Function<String, float[]> parameters = InferenceGraph.parameters(graph);
            return switch (this) {
                case FLOATS -> CompiledInference.floats(network.program(), parameters);
                case BF16 -> CompiledInference.bf16(network.program(), parameters);
                case INTEGERS -> CompiledInference.integers(network.program(), parameters, ranges(network));
            };
        }
    }

    private static ActivationRanges ranges(Network network) {
        return CompiledInference.ranges(
                network.program(), InferenceGraph.parameters(network.graph()), List.of(images(64), images(32)));
    }

    private static INDArray images(int count) {
        Nd4j.getRandom().setSeed(count);
        return Nd4j.randn(DataType.FLOAT, count, 1, PIXELS, PIXELS);
    }

    private static Stream<Arguments> networksAndNumbers() {
        return Stream.of(Network.values())
                .flatMap(network -> Stream.of(Numbers.values()).map(numbers -> Arguments.of(network, numbers)));
    }

    private static float[][] expected(ComputationGraph graph, INDArray images) {
        return graph.output(List.of("head"), false, new INDArray[] {images}, null)[0].toFloatMatrix();
    }

    @ParameterizedTest
    @MethodSource("networksAndNumbers")
    void logits_are_those_of_deeplearning4j_s_layers_up_to_the_rounding_of_the_numbers(
            Network network, Numbers numbers) {
        ComputationGraph graph = network.graph();
        CompiledInference inference = numbers.of(network, graph);

        for (int count : new int[] {1, 19, 70}) {
            float[][] expected = expected(graph, images(count));
            float[][] actual = inference.logits(images(count));
            double largest =
                    Stream.of(expected).mapToDouble(row -> largest(row)).max().orElseThrow();
            assertThat(actual).hasNumberOfRows(count);
            for (int i = 0; i < count; i++) {
                assertThat(actual[i]).containsExactly(expected[i], within((float) (numbers.tolerance * largest)));
            }
        }
    }

    private static double largest(float[] row) {
        double largest = 0;
        for (float value : row) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** Where a special number is planted. */
    private enum Place {
        IMAGE,
        STEM_WEIGHT,
        STEM_BIAS,
        LATER_WEIGHT,
        BETA
    }

    private static Stream<Arguments> places() {
        return networksAndNumbers()
                .filter(arguments ->
                        arguments.get()[1] != Numbers.INTEGERS && arguments.get()[0] != Network.WIDE)
                .flatMap(arguments -> Stream.of(Place.values())
                        .flatMap(place -> Stream.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)
                                .map(value -> Arguments.of(
                                        arguments.get()[0], arguments.get()[1], place, value))));
    }

    /** oneDNN's own ReLU and max pool make numbers of NaN; PyTorch's do not. */
    @ParameterizedTest
    @MethodSource("places")
    void nan_and_infinity_pass_as_in_pytorch(Network network, Numbers numbers, Place place, float value) {
        ComputationGraph graph = network.graph();
        INDArray images = images(6);
        float[][] before = numbers.of(network, graph).logits(images);
        switch (place) {
            case IMAGE -> images.putScalar(new int[] {5, 0, 14, 14}, value);
            case STEM_WEIGHT -> graph.getParam("stem.conv_W").putScalar(3, value);
            case STEM_BIAS -> graph.getParam("stem.conv_b").putScalar(1, value);
            case LATER_WEIGHT -> graph.getParam("stage2.block1.conv2_W").putScalar(7, value);
            case BETA -> graph.getParam("stage1.block2.bn2_beta").putScalar(1, value);
        }
        float[][] expected = ExactInference.logits(network.program(), InferenceGraph.parameters(graph), images);

        float[][] actual = numbers.of(network, graph).logits(images);
        for (int i = 0; i < actual.length; i++) {
            if (place == Place.IMAGE && i != 5) {
                assertThat(actual[i]).as("image %d", i).isEqualTo(before[i]);
            } else {
                for (int c = 0; c < actual[i].length; c++) {
                    boolean finite = Float.isFinite(expected[i][c]);
                    assertThat(actual[i][c])
                            .as("image %d, class %d", i, c)
                            .isEqualTo(
                                    expected[i][c],
                                    finite ? within(1e-4f * Math.abs(expected[i][c]) + 1e-4f) : within(0f));
                }
            }
        }
    }

    /** One image alone is computed by direct convolutions. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f})
    void an_image_that_overflows_in_winograd_s_products_is_computed_as_it_is_alone(float value) {
        ComputationGraph graph = Network.WIDE.graph();
        CompiledInference inference = Numbers.FLOATS.of(Network.WIDE, graph);
        INDArray images = images(40);
        float[][] before = inference.logits(images);
        images.putScalar(new int[] {5, 0, 14, 14}, value);
        float[] alone = inference.logits(images.get(NDArrayIndex.interval(5, 6)).dup())[0];

        float[][] actual = inference.logits(images);

        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).as("image %d", i).isEqualTo(i == 5 ? alone : before[i]);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.class)
    void an_image_with_nan_among_integers_is_computed_in_floats(Network network) {
        ComputationGraph graph = network.graph();
        INDArray images = images(6);
        float[][] before = Numbers.INTEGERS.of(network, graph).logits(images);
        images.putScalar(new int[] {5, 0, 14, 14}, Float.NaN);

        float[][] actual = Numbers.INTEGERS.of(network, graph).logits(images);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isEqualTo(i == 5 ? nans(actual[i].length) : before[i]);
        }
    }

    private static float[] nans(int count) {
        float[] nans = new float[count];
        java.util.Arrays.fill(nans, Float.NaN);
        return nans;
    }

    @Test
    void ranges_cover_all_values_but_the_largest_few() {
        Map<String, Float> ranges = ranges(Network.RESNET_18).byVertex();

        assertThat(ranges)
                .containsKeys("image", "stem.relu", "stage2.block1.relu2")
                .doesNotContainKeys("pool", "head");
        float largest = Math.max(
                images(64).amaxNumber().floatValue(), images(32).amaxNumber().floatValue());
        assertThat(ranges.get("image")).isBetween(3f, largest);
    }

    @Test
    void images_of_another_shape_or_type_are_refused() {
        CompiledInference inference = Numbers.FLOATS.of(Network.RESNET_20, Network.RESNET_20.graph());

        for (INDArray wrong : new INDArray[] {
            Nd4j.zeros(DataType.FLOAT, 4, 3, PIXELS, PIXELS),
            Nd4j.zeros(DataType.FLOAT, 4, PIXELS * PIXELS),
            Nd4j.zeros(DataType.DOUBLE, 4, 1, PIXELS, PIXELS)
        }) {
            assertThatThrownBy(() -> inference.logits(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("expected floats of shape [");
        }
    }
}
