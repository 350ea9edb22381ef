package io.residual.training.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.HostDevice;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.training.Trainer;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.InferencePrecision;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.run.RunDatasets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Networks on a stand-in for a GPU, against the same networks on the CPU. */
@Tag("slow")
class InferenceDeviceTest {
    private static final DeviceOpener STAND_IN = (index, determinism) -> new HostDevice();
    private static final DeviceOpener NONE = (index, determinism) -> {
        throw new CudaException(CudaException.Kind.NO_GPU, "there is no GPU " + index + ".");
    };

    private static Network network;
    private static INDArray images;

    @BeforeAll
    static void train() {
        TrainingSpec spec =
                Preset.resolve("quick", Map.of("epochs", "1", "width", "4")).spec();
        RunDatasets data = RunDatasets.find(spec.data());
        network = Trainer.of(spec).device(DeviceChoice.CPU).train(data).network();
        ImageSet some = data.validation().subset(IntStream.range(0, 10).toArray());
        images = ImageBatches.inOrder(some, spec.data().input()).epoch(0).next().images();
    }

    private static InferenceChoice choice(String device, InferencePrecision precision) {
        return new InferenceChoice(DeviceChoice.of(device), KernelChoice.AUTO, precision);
    }

    private static float[][] logits(InferencePrecision precision) {
        try (InferenceDevice device = InferenceDevice.open(choice("cuda", precision), 4, STAND_IN)) {
            return device.logits(network, device.precision()).of(images);
        }
    }

    private static void assertNear(float[][] actual, double bound) {
        float[][] expected = network.logits(images);
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).containsExactly(expected[i], within((float) bound));
        }
    }

    @Test
    void logits_are_those_of_the_cpu() {
        assertNear(logits(InferencePrecision.FLOAT32), 2e-5);
    }

    @Test
    void logits_in_bf16_are_near_and_integers_become_those() {
        float[][] bf16 = logits(InferencePrecision.BF16);

        assertNear(bf16, 0.1);
        assertThat(Arrays.deepEquals(bf16, logits(InferencePrecision.FLOAT32))).isFalse();
        assertThat(logits(InferencePrecision.INT8)).isDeepEqualTo(bf16);
    }

    @Test
    void without_a_gpu_only_the_choice_of_one_is_an_error() {
        try (InferenceDevice device = InferenceDevice.open(choice("auto", InferencePrecision.FLOAT32), 4, NONE)) {
            assertNear(device.logits(network, device.precision()).of(images), 2e-5);
        }
        assertThatThrownBy(() -> InferenceDevice.open(choice("cuda:7", InferencePrecision.FLOAT32), 4, NONE))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_DEVICE))
                .hasMessage("there is no GPU 7.");
    }
}
