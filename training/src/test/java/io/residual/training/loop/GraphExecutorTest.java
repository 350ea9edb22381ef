package io.residual.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.StochasticDepth;
import io.residual.core.graph.FrozenStages;
import io.residual.core.graph.ResNetGraph;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.weights.ModuleNaming;
import io.residual.core.weights.NamedTensor;
import io.residual.core.weights.NetworkTensors;
import io.residual.data.Batch;
import io.residual.training.config.Precision;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.optim.LabelWeights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Whole steps against PyTorch 1.13; {@code generate_recipes.py} beside its weights tells what each recipe is. */
@Tag("slow")
class GraphExecutorTest {
    private static final ResNetSpec RESNET =
            ResNetSpec.resNet(18, Flavour.TORCHVISION).withWidth(2).withInput(new ImageShape(1, 40, 40));
    private static final int STEPS = 5;

    /** Measured: 6e-5 at most. */
    private static final double STATE = 5e-4;

    /** Measured: 6e-6 at most. */
    private static final double LOSS = 1e-4;

    private static final Map<String, String> RECIPES = Map.of(
            "nesterov",
            "optimiser=nesterov momentum=0.9 weightDecay=5e-4 labelSmoothing=0.1 schedule=one-cycle anneal=linear"
                    + " peakAt=0.5 learningRate=0.4 lowestRate=0.01",
            "momentum-clipped",
            "momentum=0.9 weightDecay=5e-3 schedule=one-cycle anneal=linear peakAt=0.5 learningRate=0.4"
                    + " lowestRate=0.01 clipNorm=0.5",
            "adamw",
            "optimiser=adam weightDecay=1 weightDecayMode=decoupled learningRate=0.01",
            "muon",
            "optimiser=muon momentum=0.9 muonRate=0.05 weightDecay=5e-4 learningRate=0.2",
            "adaptively-clipped",
            "adaptiveClipping=0.02",
            "accumulated",
            "momentum=0.9 accumulation=2",
            "averaged",
            "emaDecay=0.15",
            "by-depth",
            "momentum=0.9 rateFactor=0.8",
            "weighted",
            "momentum=0.9 accumulation=2 labelSmoothing=0.1 classWeights=0.5,4,1,2,0.25,1,3,1,0.75,1.5",
            "focal",
            "focalGamma=1.5");

    static Stream<ComputeKernels> kernels() {
        return Stream.of(ComputeKernels.STOCK, KernelChoice.AUTO.resolve()).distinct();
    }

    static Stream<Arguments> recipesAndKernels() {
        return RECIPES.keySet().stream()
                .sorted()
                .flatMap(recipe -> kernels().map(kernels -> Arguments.of(recipe, kernels)));
    }

    @ParameterizedTest
    @MethodSource("recipesAndKernels")
    void five_steps_of_a_recipe_end_where_pytorch_s_do(String recipe, ComputeKernels kernels) {
        SafetensorsFile expected = read("recipe-" + recipe);
        double[] losses = losses(expected);
        Network network = network(kernels);
        GraphExecutor step = executor(network, spec(RECIPES.get(recipe)));

        for (int i = 0; i < STEPS; i++) {
            assertThat(step.step(batch(i), 0, i).loss()).as("loss " + i).isCloseTo(losses[i], within(LOSS));
        }

        double error = step.withAveragedWeights(() -> error(network, expected));
        assertThat(error).isLessThan(STATE);
        step.useAveragedWeights();
        assertThat(error(network, expected)).isEqualTo(error);
    }

    /** As timm's {@code freeze} does it; {@code generate_frozen.py}, beside the file, tells what else there is. */
    @ParameterizedTest
    @MethodSource("kernels")
    void what_is_frozen_stays_and_the_rest_goes_where_pytorch_s_does(ComputeKernels kernels) {
        SafetensorsFile expected = read("frozen-stage1");
        FrozenStages part = new FrozenStages(1);
        Network network = network(kernels, Optional.of(part));
        GraphExecutor step = new GraphExecutor(
                network,
                spec("momentum=0.9 weightDecay=5e-3 clipNorm=0.5 freezeUpTo=stage1"),
                LabelWeights.equal(10),
                STEPS);
        SafetensorsFile initial = read("recipes-initial");
        double[] losses = losses(expected);

        for (int i = 0; i < losses.length; i++) {
            assertThat(step.step(batch(i), 0, i).loss()).as("loss " + i).isCloseTo(losses[i], within(LOSS));
        }

        assertThat(losses).hasSize(3);
        assertThat(error(network, expected)).isLessThan(STATE);
        for (NamedTensor tensor : NetworkTensors.of(RESNET, ModuleNaming.TORCHVISION)) {
            INDArray now = tensor.toPyTorch(network.graph().getParam(tensor.parameter()));
            assertThat(now.equalsWithEps(array(initial, tensor.name()), 0))
                    .as(tensor.name())
                    .isEqualTo(part.contains(tensor.vertex()));
        }
        assertThat(array(expected, "train_mode/bn1.running_mean").distance2(array(expected, "bn1.running_mean")))
                .as("batch norms in training mode would show")
                .isGreaterThan(0.01);
    }

    @Test
    void plain_steps_change_what_deeplearning4j_s_own_change() {
        Network ours = network(ComputeKernels.STOCK);
        ComputationGraph own = new ComputationGraph(ResNetGraph.configuration(RESNET, new Sgd(0.1), 1));
        own.init();
        own.setParams(ours.graph().params().dup());
        GraphExecutor step = new GraphExecutor(ours, spec("learningRate=0.1"), LabelWeights.equal(10), STEPS);

        for (int i = 0; i < STEPS; i++) {
            double loss = step.step(batch(i), 0, i).loss();
            own.fit(new DataSet(batch(i).images(), batch(i).oneHot(10)));
            assertThat(loss).isCloseTo(own.score(), within(1e-5));
        }
        assertThat(ours.graph().params().distance2(own.params())).isLessThan(1e-4);
        assertThat(ours.graph().getIterationCount())
                .isEqualTo(own.getIterationCount())
                .isEqualTo(STEPS);
    }

    /** What a step cannot be compiled for: why, as the log has it. */
    @ParameterizedTest
    @CsvSource({
        "false, FLOAT32, momentum=0.9,                              ''",
        "false, FLOAT32, labelSmoothing=0.1 mixup=0.4,              ''",
        "true,  FLOAT32, freezeUpTo=stage1,                         a part of the network is frozen",
        "false, BF16,    precision=bf16,                            ''",
        "false, FLOAT32, focalGamma=1.5,                            ''",
        "false, FLOAT32, 'classWeights=0.5,4,1,2,0.25,1,3,1,0.75,1.5', ''"
    })
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void what_has_no_compiled_step_is_trained_layer_by_layer_and_the_log_says_why(
            boolean frozen, Precision precision, String settings, String reason) {
        Optional<FrozenStages> part = frozen ? Optional.of(new FrozenStages(1)) : Optional.empty();
        Network network = Network.initial(RESNET, 1, ComputeKernels.ONEDNN, precision, part);
        LayerCounter layers = new LayerCounter();
        network.graph().addListeners(layers);

        try (LogCapture log = new LogCapture()) {
            double loss = executor(network, spec(settings)).step(batch(0), 0, 0).loss();

            assertThat(loss).isBetween(0.1, 10.0);
            assertThat(log.messages)
                    .filteredOn(message -> message.startsWith("training goes"))
                    .isEqualTo(reason.isEmpty() ? List.of() : List.of("training goes layer by layer: " + reason));
        }
        assertThat(layers.passes).isEqualTo(reason.isEmpty() ? 0 : 1);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void a_network_without_a_program_is_trained_layer_by_layer_and_the_log_names_the_vertex() {
        Network network = Network.initial(
                RESNET.withStochasticDepth(new StochasticDepth(0.2, StochasticDepth.Mode.ROW)),
                1,
                ComputeKernels.ONEDNN);

        try (LogCapture log = new LogCapture()) {
            executor(network, spec("momentum=0.9")).step(batch(0), 0, 0);

            assertThat(log.messages)
                    .contains("training goes layer by layer: stage1.block1.drop (StochasticDepthVertex) has no"
                            + " operation");
        }
    }

    /** Counts forward passes of the graph's own. */
    private static final class LayerCounter extends BaseTrainingListener {
        private int passes;

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
            passes++;
        }
    }

    /** What this module logs, until it is closed. */
    private static final class LogCapture extends AbstractAppender implements AutoCloseable {
        private final List<String> messages = new ArrayList<>();
        private final LoggerConfig logger = ((LoggerContext) LogManager.getContext(false))
                .getConfiguration()
                .getRootLogger();

        LogCapture() {
            super("capture", null, null, true, new Property[0]);
            start();
            logger.addAppender(this, null, null);
        }

        @Override
        public void append(LogEvent event) {
            messages.add(event.getMessage().getFormattedMessage());
        }

        @Override
        public void close() {
            logger.removeAppender("capture");
        }
    }

    @ParameterizedTest
    @MethodSource("recipesAndKernels")
    void steps_from_a_restored_state_are_those_that_would_have_followed(String recipe, ComputeKernels kernels) {
        TrainingSpec spec = spec(RECIPES.get(recipe) + " mixup=0.4 cutmix=0.7");
        Network whole = network(kernels);
        Network resumed = network(kernels);
        GraphExecutor first = executor(whole, spec);
        GraphExecutor second = executor(resumed, spec);
        for (int i = 0; i < 3; i++) {
            first.step(batch(i), 0, i);
        }
        Map<String, INDArray> state = second.state();
        first.state()
                .forEach((name, values) ->
                        Objects.requireNonNull(state.get(name)).assign(values));

        for (int i = 3; i < STEPS; i++) {
            assertThat(second.step(batch(i), 0, i)).isEqualTo(first.step(batch(i), 0, i));
        }
        assertThat(resumed.graph().params()).isEqualTo(whole.graph().params());
        assertThat(second.state()).isEqualTo(first.state());
    }

    private static GraphExecutor executor(Network network, TrainingSpec spec) {
        List<Double> weights = spec.optimisation().imbalance().weights(new int[10], List.of());
        return new GraphExecutor(
                network, spec, weights.isEmpty() ? LabelWeights.equal(10) : new LabelWeights(weights), STEPS);
    }

    private static double[] losses(SafetensorsFile expected) {
        return Arrays.stream(Objects.requireNonNull(expected.metadata().get("losses"))
                        .split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /** The largest norm of a tensor's difference over the tensor's. */
    private static double error(Network network, SafetensorsFile expected) {
        double largest = 0;
        for (NamedTensor tensor : NetworkTensors.of(RESNET, ModuleNaming.TORCHVISION)) {
            INDArray actual = tensor.toPyTorch(network.graph().getParam(tensor.parameter()));
            INDArray wanted = array(expected, tensor.name());
            double error = actual.sub(wanted).norm2Number().doubleValue()
                    / Math.max(wanted.norm2Number().doubleValue(), 1e-3); // shifts of frozen batch norms are zero
            largest = Math.max(largest, error);
        }
        return largest;
    }

    private static TrainingSpec spec(String settings) {
        Map<String, String> all = new HashMap<>(
                Map.of("epochs", "1", "batchSize", "12", "learningRate", "0.1", "imageSize", "40", "width", "2"));
        Arrays.stream(settings.split(" ", -1))
                .map(setting -> setting.split("=", -1))
                .forEach(setting -> all.put(setting[0], setting[1]));
        return Preset.resolve("quick", all).spec();
    }

    private static Network network(ComputeKernels kernels) {
        return network(kernels, Optional.empty());
    }

    private static Network network(ComputeKernels kernels, Optional<FrozenStages> frozen) {
        Network network = Network.initial(RESNET, 1, kernels, Precision.FLOAT32, frozen);
        try {
            network.read(file("recipes-initial"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return network;
    }

    private static Batch batch(int number) {
        SafetensorsFile batches = read("recipes-batches");
        INDArray labels = array(batches, "labels" + number);
        return new Batch(array(batches, "batch" + number), labels.toIntVector());
    }

    private static INDArray array(SafetensorsFile file, String name) {
        try {
            return file.tensor(name).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SafetensorsFile read(String name) {
        try {
            return SafetensorsFile.read(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(
                            GraphExecutorTest.class.getResource("/io/residual/training/optim/" + name + ".safetensors"),
                            name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
