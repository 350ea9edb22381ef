package io.residual.training.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.cuda.device.HostDevice;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.Position;
import io.residual.training.loop.ScoreSum;
import io.residual.training.loop.StepExecutor;
import io.residual.training.loop.StepExecutor.Step;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.optim.LabelWeights;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Steps on a stand-in for a GPU, against Deeplearning4j's on the CPU. */
@Tag("slow")
class DeviceExecutorTest {
    private static final String AUGMENTED = "crop=4 flip=horizontal erase=0.5 eraseFill=random mean=0.29 std=0.35";

    private static HostDevice device;
    private static ImageSet training;
    private static ImageSet validation;

    @BeforeAll
    static void open() {
        device = new HostDevice();
        RunDatasets sample = RunDatasets.find(spec("").data());
        training = some(sample.train(), 24);
        validation = some(sample.validation(), 10);
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static ImageSet some(ImageSet set, int count) {
        return set.subset(IntStream.range(0, count).toArray());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "momentum=0.9 weightDecay=0.01 sampler=balanced",
                "optimiser=nesterov momentum=0.9 weightDecay=5e-4 emaDecay=0.9 schedule=one-cycle labelSmoothing=0.1"
                        + " imageSize=32",
                "optimiser=adam weightDecay=0.1 weightDecayMode=decoupled learningRate=0.0001",
                "clipNorm=0.5 weightDecay=0.01",
                "momentum=0.9 mixup=0.4 cutmix=0.7",
                "momentum=0.9 rotate=10"
            })
    void steps_are_those_of_the_cpu(String recipe) {
        TrainingSpec spec = spec(AUGMENTED + " " + recipe);
        try (StepExecutor cpu = cpu(spec);
                StepExecutor gpu = gpu(spec)) {
            List<Step> expected = epochs(cpu, spec, 2);
            List<Step> actual = epochs(gpu, spec, 2);

            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < actual.size(); i++) {
                double loss = expected.get(i).loss();
                assertThat(actual.get(i).loss()).as("loss " + i).isCloseTo(loss, within(1e-4 * loss));
                assertThat(actual.get(i).images()).isEqualTo(expected.get(i).images());
            }
            assertSameState(
                    gpu.state(), cpu.state(), new FlatLayout(network(spec).graph()));
            assertThat(actual.stream().mapToLong(Step::hits).sum())
                    .isEqualTo(expected.stream().mapToLong(Step::hits).sum());
        }
    }

    private static void assertSameState(
            Map<String, INDArray> actual, Map<String, INDArray> expected, FlatLayout layout) {
        assertThat(actual).containsOnlyKeys(expected.keySet());
        expected.forEach((name, array) -> {
            INDArray own = Objects.requireNonNull(actual.get(name));
            assertThat(own.shape()).isEqualTo(array.shape());
            for (int from = 0; from < array.length(); from += layout.length()) {
                float[] wanted = Arrays.copyOfRange(array.data().asFloat(), from, from + layout.length());
                float[] found = layout.toGraph(layout.ofCheckpoint(own.data().asFloat(), from));
                assertThat(error(found, wanted)).as(name).isLessThan(1e-3);
            }
        });
    }

    /** The norm of the difference over the norm. */
    private static double error(float[] actual, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    @Test
    void steps_in_bf16_are_near() {
        String recipe = AUGMENTED + " momentum=0.9 weightDecay=0.01 batchSize=24";
        TrainingSpec spec = spec(recipe);
        try (StepExecutor cpu = cpu(spec);
                StepExecutor gpu = gpu(spec(recipe + " precision=bf16"))) {
            List<Step> expected = epochs(cpu, spec, 2);
            List<Step> actual = epochs(gpu, spec, 2);
            for (int i = 0; i < actual.size(); i++) {
                double loss = expected.get(i).loss();
                assertThat(actual.get(i).loss()).as("loss " + i).isCloseTo(loss, within(0.05 * loss));
            }
        }
    }

    @Test
    void probabilities_are_those_of_the_network_that_it_updates() {
        TrainingSpec spec = spec(AUGMENTED + " momentum=0.9 emaDecay=0.9");
        Network network = network(spec);
        try (StepExecutor gpu = gpu(network, spec)) {
            epochs(gpu, spec, 1);
            ImageBatches batches = ImageBatches.inOrder(validation, spec.data().input());
            float[][] raw = gpu.probabilities(batches.epoch(0), () -> false).orElseThrow();
            float[][] averaged = gpu.withAveragedWeights(
                    () -> gpu.probabilities(batches.epoch(0), () -> false).orElseThrow());

            gpu.updateNetwork();
            INDArray images = batches.epoch(0).next().images();
            assertSame(raw, network.probabilities(images).toFloatMatrix());
            assertSame(raw, gpu.probabilities(images).toFloatMatrix());
            gpu.useAveragedWeights();
            assertSame(averaged, network.probabilities(images).toFloatMatrix());
            assertThat(averaged[0]).isNotEqualTo(raw[0]);
        }
    }

    private static void assertSame(float[][] actual, float[][] expected) {
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(1e-5f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimiser=nesterov momentum=0.9 emaDecay=0.9", "optimiser=adam", "momentum=0.9 mixup=0.4"})
    void steps_from_a_restored_state_have_the_same_bits(String recipe) {
        TrainingSpec spec = spec(AUGMENTED + " " + recipe);
        try (StepExecutor whole = gpu(spec);
                StepExecutor resumed = gpu(spec)) {
            epochs(whole, spec, 1);
            Map<String, INDArray> state = new LinkedHashMap<>(whole.state());
            resumed.restore(
                    arrays -> arrays.forEach((name, array) -> array.assign(Objects.requireNonNull(state.get(name)))));

            assertThat(resumed.state()).isEqualTo(state);
            assertThat(epochs(resumed, spec, 1, 2)).isEqualTo(epochs(whole, spec, 1, 2));
            assertThat(resumed.state()).isEqualTo(whole.state());
        }
    }

    @Test
    void an_epoch_goes_on_where_it_was_left() {
        TrainingSpec spec = spec(AUGMENTED + " batchSize=2 momentum=0.9");
        try (StepExecutor whole = gpu(spec);
                StepExecutor resumed = gpu(spec)) {
            try (StepExecutor.Steps steps = whole.epoch(batches(spec), Position.START)) {
                int taken = steps.next().size();
                Position middle = new Position(0, taken, taken, ScoreSum.NONE, 0);
                Map<String, INDArray> state = whole.state();
                resumed.restore(arrays ->
                        arrays.forEach((name, array) -> array.assign(Objects.requireNonNull(state.get(name)))));
                List<Step> rest = all(steps);
                try (StepExecutor.Steps others = resumed.epoch(batches(spec), middle)) {
                    assertThat(all(others)).isEqualTo(rest).hasSize(12 - taken);
                }
            }
            assertThat(resumed.state()).isEqualTo(whole.state());
        }
    }

    @Test
    void a_weight_that_is_no_number_is_found() {
        TrainingSpec spec = spec("");
        try (StepExecutor gpu = gpu(spec)) {
            assertThat(gpu.hasFiniteWeights()).isTrue();
            gpu.restore(
                    arrays -> Objects.requireNonNull(arrays.get("parameters")).putScalar(17, Float.NaN));
            assertThat(gpu.hasFiniteWeights()).isFalse();
        }
    }

    private static List<Step> epochs(StepExecutor executor, TrainingSpec spec, int count) {
        return epochs(executor, spec, 0, count);
    }

    private static List<Step> epochs(StepExecutor executor, TrainingSpec spec, int from, int to) {
        ImageBatches batches = batches(spec);
        List<Step> all = new ArrayList<>();
        for (int epoch = from; epoch < to; epoch++) {
            Position at = new Position(epoch, 0, (long) epoch * batches.batches(), ScoreSum.NONE, 0);
            try (StepExecutor.Steps steps = executor.epoch(batches, at)) {
                all.addAll(all(steps));
            }
        }
        return all;
    }

    private static List<Step> all(StepExecutor.Steps steps) {
        List<Step> all = new ArrayList<>();
        steps.forEachRemaining(all::addAll);
        return all;
    }

    private static ImageBatches batches(TrainingSpec spec) {
        return TrainingLoop.batches(spec, training);
    }

    private static Network network(TrainingSpec spec) {
        return ModelFiles.initial(spec, spec.resNet(1, 10), KernelChoice.AUTO.resolve());
    }

    private static StepExecutor cpu(TrainingSpec spec) {
        return new GraphExecutor(
                network(spec), spec, LabelWeights.equal(10), batches(spec).batches());
    }

    private static StepExecutor gpu(TrainingSpec spec) {
        return gpu(network(spec), spec);
    }

    private static StepExecutor gpu(Network network, TrainingSpec spec) {
        try {
            return new DeviceExecutor(device, network.graph(), Network.program(network.spec()), spec, batches(spec));
        } catch (UnsupportedNetworkException e) {
            throw new AssertionError(e);
        }
    }

    private static TrainingSpec spec(String settings) {
        Map<String, String> all =
                new HashMap<>(Map.of("epochs", "2", "batchSize", "16", "learningRate", "0.001", "width", "4"));
        Arrays.stream(settings.trim().split(" +", -1))
                .filter(setting -> !setting.isEmpty())
                .map(setting -> setting.split("=", -1))
                .forEach(setting -> all.put(setting[0], setting[1]));
        return Preset.resolve("quick", all).spec();
    }
}
