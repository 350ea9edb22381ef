package io.residual.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
