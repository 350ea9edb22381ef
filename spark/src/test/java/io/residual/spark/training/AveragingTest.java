package io.residual.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.weights.ModuleNaming;
import io.residual.core.weights.NamedTensor;
import io.residual.core.weights.NetworkTensors;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.Position;
import io.residual.training.loop.StepExecutor;
import io.residual.training.loop.StepExecutor.Step;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against PyTorch 1.13; {@code generate_workers.py}, beside the files, says what two workers do there. */
@Tag("slow")
class AveragingTest {
    private static final ResNetSpec RESNET =
            ResNetSpec.resNet(18, Flavour.TORCHVISION).withWidth(2).withInput(new ImageShape(1, 40, 40));
    private static final int STEPS = 4;
    private static final int BATCH = 11;
    private static final TrainingSpec SPEC = Preset.resolve(
                    "quick",
                    Map.of(
                            "epochs", "1",
                            "batchSize", "11",
                            "learningRate", "0.02",
                            "imageSize", "40",
                            "width", "2",
                            "flavour", "torchvision",
                            "optimiser", "nesterov",
                            "momentum", "0.9",
                            "weightDecay", "5e-3",
                            "labelSmoothing", "0.1"))
            .spec();

    /** As far apart as single and double precision may be, see the generator. */
    private static final double STATE = 1e-4;

    private static final double LOSS = 1e-5;

    static Stream<Arguments> roundsAndKernels() {
        ComputeKernels best = KernelChoice.AUTO.resolve();
        return Stream.of(
                Arguments.of("every-step", 1, ComputeKernels.STOCK),
                Arguments.of("every-step", 1, best),
                Arguments.of("every-two", 2, best));
    }

    @ParameterizedTest
    @MethodSource("roundsAndKernels")
    void two_workers_with_unequal_parts_end_where_pytorch_s_do(String name, int averageEvery, ComputeKernels kernels)
            throws IOException {
        SafetensorsFile expected = read("workers-" + name);
        Network network = Network.initial(RESNET, 1, kernels);
        network.read(file("workers-initial"));
        ImageSet images = images();
        ImageBatches batches = TrainingLoop.batches(SPEC, images, 2);
        StepExecutor executor = LocalGroup.of(2, averageEvery)
                .executor(GraphExecutor.of(network, SPEC, batches), SPEC, kernels, images);
        List<Step> steps = new ArrayList<>();

        try (StepExecutor.Steps rounds = executor.epoch(batches, Position.START)) {
            rounds.forEachRemaining(steps::addAll);
        }

        assertThat(error(network, expected)).isLessThan(STATE);
        double[] losses = losses(expected);
        for (int step = 0; step < STEPS; step++) {
            assertThat(steps.get(step).loss()).as("loss " + step).isCloseTo(losses[step], within(LOSS));
            assertThat(steps.get(step).images()).isEqualTo(BATCH);
        }
    }

    /** Against sums by hand: 3 images with 0.5 and 1 with 2.5 have a mean of 1. */
    @Test
    void an_image_weighs_the_same_whoever_trained_on_it() {
        WorkerResult three =
                new WorkerResult(new float[] {0.5f, -1}, new double[] {0.2}, new long[] {2}, new int[] {3});
        WorkerResult one = new WorkerResult(new float[] {2.5f, 7}, new double[] {1}, new long[] {0}, new int[] {1});

        assertThat(Averaging.states(List.of(three, one))).containsExactly(1, 1);
        assertThat(Averaging.gradients(List.of(three, one))).containsExactly(3, 6);
        assertThat(Averaging.steps(List.of(three, one))).containsExactly(new Step(0.4, 2, 4));
    }

    /** Arranged so that the first epoch visits them in the order of the file. */
    private static ImageSet images() throws IOException {
        SafetensorsFile file = read("workers-images");
        float[] values = file.tensor("images").toArray().data().asFloat();
        int[] labels = file.tensor("labels").toArray().toIntVector();
        int[] order = new BatchOrder.Shuffled(SPEC.seed()).indices(labels.length, 0);
        byte[][] pixels = new byte[labels.length][40 * 40];
        int[] shuffled = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            shuffled[order[i]] = labels[i];
            for (int p = 0; p < pixels[i].length; p++) {
                pixels[order[i]][p] = (byte) values[i * pixels[i].length + p];
            }
        }
        List<String> classes = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
        return ImageSet.of(RESNET.input(), classes, new TreeMap<>(), pixels, shuffled);
    }

    private static double[] losses(SafetensorsFile expected) {
        return Arrays.stream(Objects.requireNonNull(expected.metadata().get("losses"))
                        .split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /** The largest norm of a tensor's difference over the tensor's. */
    private static double error(Network network, SafetensorsFile expected) throws IOException {
        double largest = 0;
        for (NamedTensor tensor : NetworkTensors.of(RESNET, ModuleNaming.TORCHVISION)) {
            INDArray actual = tensor.toPyTorch(network.graph().getParam(tensor.parameter()));
            INDArray wanted = expected.tensor(tensor.name()).toArray();
            double error = actual.sub(wanted).norm2Number().doubleValue()
                    / wanted.norm2Number().doubleValue();
            largest = Math.max(largest, error);
        }
        return largest;
    }

    private static SafetensorsFile read(String name) throws IOException {
        return SafetensorsFile.read(file(name));
    }

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(
                            AveragingTest.class.getResource(name + ".safetensors"), "no resource " + name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
