package io.residual.onednn.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.onednn.OneDnn;
import io.residual.onednn.kernels.Precision;
import io.residual.onednn.layers.ResNets;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** Threads, sizes of batches, and bad input; core's tests compare the step's numbers with PyTorch's. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CompiledStepTest {
    private static final int PIXELS = 28;
    private static final Workers ONE = new Workers(1);
    static final Workers TWO = new Workers(2);
    private static final Workers FOUR = new Workers(4);

    enum Network {
        /** Its last images have 7 x 7 pixels. */
        RESNET_20(ResNets.small(PIXELS, 1, new Sgd(0.1), 3, 4, 8, 16)),
        /** Its last images have one pixel. */
        RESNET_18(ResNets.of(PIXELS, 1, new Sgd(0.1), 8, 16, 32, 64)),
        /** Its first convolutions are computed by Winograd's products, if there are enough images. */
        WIDE(ResNets.of(PIXELS, 1, new Sgd(0.1), 192, 16));

        private final ComputationGraphConfiguration stock;

        Network(ComputationGraphConfiguration stock) {
            this.stock = stock;
        }

        ComputationGraph graph() {
            ComputationGraph graph = new ComputationGraph(OneDnn.accelerate(stock.clone()));
            graph.init();
            return graph;
        }

        CompiledStep step(ComputationGraph graph, Workers workers) {
            return step(graph, Precision.F32, workers);
        }

        CompiledStep step(ComputationGraph graph, Precision precision, Workers workers) {
            return new CompiledStep(program(), graph, precision, workers);
        }

        private Program program() {
            return program(PIXELS, PIXELS);
        }

        Program program(int height, int width) {
            try {
                return ProgramReader.read(stock, InputType.convolutional(height, width, 1), norm -> true);
            } catch (UnsupportedNetworkException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What a step leaves behind: the flat gradient holds the changes of running statistics, too. */
    private record Result(CompiledStep.Outcome outcome, INDArray gradient) {
        static Result of(CompiledStep step, ComputationGraph graph, int images) {
            return of(step, graph, images(images));
        }

        static Result of(CompiledStep step, ComputationGraph graph, INDArray images) {
            CompiledStep.Outcome outcome = step.gradient(images, labels(Math.toIntExact(images.size(0))));
            return new Result(outcome, graph.getFlattenedGradients().dup());
        }
    }

    static INDArray images(int count) {
        Nd4j.getRandom().setSeed(count);
        return Nd4j.rand(DataType.FLOAT, count, 1, PIXELS, PIXELS);
    }

    static INDArray labels(int count) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, count, 10);
        for (int i = 0; i < count; i++) {
            labels.putScalar(i, i * 7 % 10, 1);
        }
        return labels;
    }

    static Stream<Arguments> networksAndSizes() {
        return Stream.of(Network.values())
                .flatMap(network -> Stream.of(Precision.values())
                        .flatMap(precision ->
                                Stream.of(37, 64).map(images -> Arguments.of(network, precision, images))));
    }

    @ParameterizedTest
    @MethodSource("networksAndSizes")
    void one_two_and_four_threads_give_the_same_bytes(Network network, Precision precision, int images) {
        ComputationGraph graph = network.graph();
        Result expected = Result.of(network.step(graph, precision, ONE), graph, images);

        for (Workers workers : new Workers[] {TWO, FOUR}) {
            graph.getFlattenedGradients().assign(Float.NaN);
            assertThat(Result.of(network.step(graph, precision, workers), graph, images))
                    .isEqualTo(expected);
        }
        assertThat(expected.outcome().loss()).isGreaterThan(0.1);
        assertThat(expected.gradient().norm2Number().doubleValue()).isGreaterThan(1);
    }

    /** After a step with NaN, which takes other ways through the arithmetic. */
    @Test
    void a_step_without_nan_is_not_changed_by_one_with_it() {
        ComputationGraph graph = Network.RESNET_18.graph();
        CompiledStep step = Network.RESNET_18.step(graph, Precision.BF16, TWO);
        Result expected = Result.of(step, graph, 37);
        INDArray images = images(37);
        images.putScalar(new int[] {5, 0, 14, 14}, Float.NaN);

        assertThat(step.gradient(images, labels(37)).loss()).isNaN();

        assertThat(Result.of(step, graph, 37)).isEqualTo(expected);
    }

    /** More sizes than are kept compiled; 1, 2 and 3 images are fewer than threads. */
    @ParameterizedTest
    @EnumSource
    void a_size_of_batch_that_comes_back_gives_the_same_bytes(Network network) {
        ComputationGraph graph = network.graph();
        CompiledStep step = network.step(graph, FOUR);
        Result first = Result.of(step, graph, 64);

        for (int images : new int[] {37, network == Network.RESNET_20 ? 1 : 2, 3, 64, 37}) {
            Result again = Result.of(step, graph, images);
            assertThat(again).isEqualTo(Result.of(network.step(graph, ONE), graph, images));
            assertThat(images == 64 ? again : first).isEqualTo(first);
        }
    }

    /** As they grow in training, with a smaller last batch of each size. */
    @ParameterizedTest
    @EnumSource
    void images_of_another_size_give_the_bytes_of_a_step_that_was_made_for_them(Network network) {
        ComputationGraph graph = network.graph();
        CompiledStep step = new CompiledStep(network.program(), network::program, graph, Precision.F32, TWO);

        for (int pixels : new int[] {8, 14, 28, 20}) {
            for (int count : new int[] {64, 37}) {
                INDArray images = Nd4j.rand(DataType.FLOAT, count, 1, pixels, pixels);
                CompiledStep made = new CompiledStep(network.program(pixels, pixels), graph, Precision.F32, TWO);
                Result expected = Result.of(made, graph, images);
                graph.getFlattenedGradients().assign(Float.NaN);

                assertThat(Result.of(step, graph, images)).isEqualTo(expected);
            }
        }
    }

    /** Each layer by itself takes images of any size. */
    @Test
    void images_of_another_size_give_the_gradient_that_the_layers_give() {
        ComputationGraph graph = Network.RESNET_20.graph();
        INDArray images = Nd4j.rand(DataType.FLOAT, 16, 1, 20, 20);
        graph.setInputs(images);
        graph.setLabels(labels(16));
        graph.computeGradientAndScore();
        INDArray layers = graph.getFlattenedGradients().dup();

        new CompiledStep(Network.RESNET_20.program(), Network.RESNET_20::program, graph, Precision.F32, TWO)
                .gradient(images, labels(16));

        assertThat(graph.getFlattenedGradients().distance2(layers))
                .isLessThan(1e-3 * layers.norm2Number().doubleValue());
    }

    @Test
    void an_image_of_one_pixel_in_front_of_a_batch_norm_is_an_error_that_says_so() {
        ComputationGraph graph = Network.RESNET_18.graph();
        CompiledStep step = Network.RESNET_18.step(graph, TWO);
        Result before = Result.of(step, graph, 2);

        assertThatThrownBy(() -> step.gradient(images(1), labels(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("stage4.block1.bn1: batch norm needs more than one value per channel when training, got one"
                        + " image of 1 x 1 pixels: use larger batches or images");

        assertThat(graph.getFlattenedGradients()).isEqualTo(before.gradient());
        assertThat(Result.of(step, graph, 2)).isEqualTo(before);
    }

    enum Place {
        IMAGE,
        FIRST_WEIGHT,
        LATER_WEIGHT,
        GAMMA,
        LOGIT;

        void put(float value, INDArray images, ComputationGraph graph) {
            switch (this) {
                case IMAGE -> images.putScalar(new int[] {5, 0, 14, 14}, value);
                case FIRST_WEIGHT -> graph.getParam("stem.conv_W").putScalar(3, value);
                case LATER_WEIGHT -> graph.getParam("stage2.block1.conv2_W").putScalar(7, value);
                case GAMMA -> graph.getParam("stage1.block2.bn2_gamma").putScalar(1, value);
                case LOGIT -> graph.getParam("head_b").putScalar(4, value);
            }
        }
    }

    static Stream<Arguments> networksAndPlaces() {
        return Stream.of(Place.values())
                .flatMap(place -> Stream.of(
                        Arguments.of(Network.RESNET_18, Precision.F32, place, Float.NaN),
                        Arguments.of(Network.RESNET_18, Precision.BF16, place, Float.NaN),
                        Arguments.of(Network.RESNET_18, Precision.BF16, place, Float.POSITIVE_INFINITY),
                        Arguments.of(Network.WIDE, Precision.F32, place, Float.NaN),
                        Arguments.of(Network.WIDE, Precision.F32, place, Float.NEGATIVE_INFINITY),
                        Arguments.of(Network.RESNET_20, Precision.F32, place, Float.NaN),
                        Arguments.of(Network.RESNET_20, Precision.F32, place, Float.POSITIVE_INFINITY),
                        Arguments.of(Network.RESNET_20, Precision.F32, place, Float.NEGATIVE_INFINITY)));
    }

    /** As in PyTorch, they pass through ReLU, which in single layers makes 0 of them. */
    @ParameterizedTest
    @MethodSource("networksAndPlaces")
    void nan_and_infinity_reach_the_loss_and_all_gradients_that_they_reach_layer_by_layer(
            Network network, Precision precision, Place place, float value) {
        int count = network == Network.WIDE ? 64 : 16;
        INDArray images = images(count);
        ComputationGraph graph = network.graph();
        place.put(value, images, graph);
        graph.setInputs(images);
        graph.setLabels(labels(count));
        graph.computeGradientAndScore();
        float[] layers = graph.getFlattenedGradients().toFloatVector();

        CompiledStep.Outcome outcome = network.step(graph, precision, TWO).gradient(images, labels(count));

        boolean unlikely = place == Place.LOGIT && value == Float.NEGATIVE_INFINITY;
        assertThat(outcome.loss()).isEqualTo(Double.valueOf(unlikely ? Double.POSITIVE_INFINITY : Double.NaN));
        float[] step = graph.getFlattenedGradients().toFloatVector();
        assertThat(IntStream.range(0, step.length).filter(i -> !Float.isFinite(layers[i])))
                .allMatch(i -> !Float.isFinite(step[i]));
        assertThat(hasOnlyFinite(step)).isEqualTo(unlikely);
    }

    private static boolean hasOnlyFinite(float[] numbers) {
        return IntStream.range(0, numbers.length).allMatch(i -> Float.isFinite(numbers[i]));
    }

    @Test
    void images_and_labels_of_another_shape_or_type_are_refused() {
        ComputationGraph graph = Network.RESNET_20.graph();
        CompiledStep step = Network.RESNET_20.step(graph, TWO);

        for (INDArray wrong : new INDArray[] {
            Nd4j.zeros(DataType.FLOAT, 4, 1, PIXELS, PIXELS + 1),
            Nd4j.zeros(DataType.FLOAT, 4, 3, PIXELS, PIXELS),
            Nd4j.zeros(DataType.FLOAT, 4, PIXELS * PIXELS),
            Nd4j.zeros(DataType.DOUBLE, 4, 1, PIXELS, PIXELS),
            images(5)
        }) {
            assertThatThrownBy(() -> step.gradient(wrong, labels(4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("expected floats of shape [");
        }
        for (INDArray wrong : new INDArray[] {
            Nd4j.zeros(DataType.FLOAT, 4, 9), Nd4j.zeros(DataType.FLOAT, 40), Nd4j.zeros(DataType.DOUBLE, 4, 10)
        }) {
            assertThatThrownBy(() -> step.gradient(images(4), wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("expected floats of shape [4, 10], got ");
        }
        assertThatThrownBy(() -> step.gradient(Nd4j.empty(DataType.FLOAT), labels(4)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(step.gradient(images(4), labels(4)).loss()).isGreaterThan(0);
    }

    @Test
    void images_are_read_in_any_order_of_memory() {
        ComputationGraph graph = Network.RESNET_20.graph();
        CompiledStep step = Network.RESNET_20.step(graph, TWO);
        Result expected = Result.of(step, graph, 4);
        INDArray every = Nd4j.zeros(DataType.FLOAT, 8, 1, PIXELS, PIXELS);
        INDArray view = every.get(NDArrayIndex.interval(0, 2, 8));
        view.assign(images(4));

        assertThat(step.gradient(view, labels(4).dup('f'))).isEqualTo(expected.outcome());
        assertThat(graph.getFlattenedGradients()).isEqualTo(expected.gradient());
        assertThat(step.gradient(images(4).dup('f'), labels(4))).isEqualTo(expected.outcome());
    }

    @Test
    void parameters_that_are_set_are_used() {
        ComputationGraph graph = Network.RESNET_20.graph();
        CompiledStep step = Network.RESNET_20.step(graph, TWO);
        Result before = Result.of(step, graph, 4);
        INDArray other = graph.params().mul(1.5f);

        graph.setParams(other);

        Result after = Result.of(step, graph, 4);
        assertThat(after).isNotEqualTo(before);
        ComputationGraph fresh = Network.RESNET_20.graph();
        fresh.setParams(other);
        assertThat(after).isEqualTo(Result.of(Network.RESNET_20.step(fresh, TWO), fresh, 4));
    }

    /** Deeplearning4j leaves it to subclasses to take other memory. */
    private static final class Replaceable extends ComputationGraph {
        Replaceable(Network network) {
            super(OneDnn.accelerate(network.stock.clone()));
            init();
        }

        void replace() {
            initCalled = false;
            init(params().dup(), false);
        }
    }

    @Test
    void arrays_that_were_replaced_are_an_error() {
        Replaceable parameters = new Replaceable(Network.RESNET_20);
        CompiledStep ofParameters = Network.RESNET_20.step(parameters, TWO);
        ComputationGraph gradients = Network.RESNET_20.graph();
        CompiledStep ofGradients = Network.RESNET_20.step(gradients, TWO);
        ofParameters.gradient(images(4), labels(4));
        ofGradients.gradient(images(4), labels(4));

        parameters.replace();
        gradients.initGradientsView();

        for (CompiledStep step : new CompiledStep[] {ofParameters, ofGradients}) {
            assertThatThrownBy(() -> step.gradient(images(4), labels(4)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "the graph's arrays of parameters or gradients were replaced after its step was compiled");
        }
    }

    @Test
    void an_error_in_one_thread_reaches_the_caller_and_the_next_step_works() {
        ComputationGraph graph = Network.RESNET_20.graph();
        CompiledStep step = Network.RESNET_20.step(graph, FOUR);
        Result expected = Result.of(step, graph, 37);

        for (int phase = 0; phase < 3; phase++) {
            int failing = phase;
            assertThatThrownBy(() -> FOUR.run(worker -> {
                        for (int i = 0; i < 3; i++) {
                            if (worker == 2 && i == failing) {
                                throw new UnsupportedOperationException("planted");
                            }
                            FOUR.await(() -> {});
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("planted")
                    .hasCauseInstanceOf(UnsupportedOperationException.class);
            assertThat(Result.of(step, graph, 37)).isEqualTo(expected);
        }
        assertThatThrownBy(() -> FOUR.run(worker -> FOUR.await(() -> {
                    throw new OutOfMemoryError("planted");
                })))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("planted");
        assertThat(Result.of(step, graph, 37)).isEqualTo(expected);
    }

    @Test
    void an_interrupted_step_ends_before_its_caller_goes_on() {
        AtomicInteger running = new AtomicInteger();
        Thread caller = Thread.currentThread();

        assertThatThrownBy(() -> FOUR.run(worker -> {
                    running.incrementAndGet();
                    try {
                        FOUR.await(caller::interrupt);
                    } finally {
                        pause();
                        running.decrementAndGet();
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("interrupted within a batch");

        assertThat(running).hasValue(0);
        assertThat(Thread.interrupted()).isTrue();
        assertThatCode(() -> FOUR.run(worker -> FOUR.await(() -> {}))).doesNotThrowAnyException();
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
