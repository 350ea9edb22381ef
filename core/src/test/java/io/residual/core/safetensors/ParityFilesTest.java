package io.residual.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers of PyTorch that other tests compare with: they are read whole, and agree with each other. */
class ParityFilesTest {
    private static SafetensorsFile parity(String name) throws Exception {
        return SafetensorsFile.read(SafetensorsReadTest.resource("../parity/" + name + ".safetensors"));
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18-width8-28px, 8",
        "resnet18-width8-96px, 4",
        "torchvision18-width8-28px, 6",
        "torchvision34-width8-28px, 6"
    })
    void the_stored_loss_is_the_mean_cross_entropy_of_the_stored_logits(String name, int batch) throws Exception {
        SafetensorsFile file = parity(name);
        float[] logits = file.floats("train/logits", batch, 10);
        long[] labels = file.longs("label", batch);

        double sum = 0;
        for (int n = 0; n < batch; n++) {
            double partition = 0;
            for (int c = 0; c < 10; c++) {
                partition += Math.exp(logits[n * 10 + c]);
            }
            sum += Math.log(partition) - logits[n * 10 + (int) labels[n]];
        }
        // A float carries 7 digits.
        assertThat(file.floats("train/loss1", 1)[0]).isCloseTo((float) (sum / batch), within(2e-6f));
    }

    @ParameterizedTest
    @CsvSource({"torchvision18-width8-28px, 18", "torchvision34-width8-28px, 34"})
    void torchvisions_network_has_the_named_number_of_weighted_layers(String name, int layers) throws Exception {
        SafetensorsFile file = parity(name);

        assertThat(file.names().stream()
                        .filter(tensor -> tensor.matches("param/(.*conv\\d|fc)\\.weight"))
                        .count())
                .isEqualTo(layers);
        assertThat(file.names()).noneMatch(tensor -> tensor.matches("param/.*(conv\\d|downsample\\.0)\\.bias"));
        assertThat(file.tensor("param/conv1.weight").shape()).containsExactly(8L, 1L, 7L, 7L);
        assertThat(file.tensor("param/layer2.0.downsample.0.weight").shape()).containsExactly(16L, 8L, 1L, 1L);
        assertThat(file.tensor("param/fc.weight").shape()).containsExactly(10L, 64L);
    }

    @Test
    void a_step_of_plain_descent_leads_from_the_first_state_to_the_next() throws Exception {
        SafetensorsFile file = parity("torchvision34-width8-28px");
        String name = "layer4.0.downsample.0.weight";
        float[] before = file.floats("param/" + name, 64, 32, 1, 1);
        float[] gradient = file.floats("train/grad/" + name, 64, 32, 1, 1);
        float[] after = file.floats("after1/param/" + name, 64, 32, 1, 1);

        double moved = 0;
        for (int i = 0; i < before.length; i++) {
            assertThat(after[i]).isCloseTo(before[i] - 0.05f * gradient[i], within(1e-6f));
            moved += Math.abs(after[i] - before[i]);
        }
        assertThat(moved / before.length).isGreaterThan(1e-4);
    }

    @Test
    void the_state_that_five_unstable_steps_reach_is_left_out_and_said_to_be() throws Exception {
        SafetensorsFile file = parity("torchvision34-width8-28px");

        assertThat(file.metadata()).containsEntry("left_out", "after5/");
        assertThat(file.names()).noneMatch(name -> name.startsWith("after5/"));
    }

    @Test
    void the_projection_block_halves_the_image_and_doubles_the_channels() throws Exception {
        SafetensorsFile file = parity("block-torchvision-projection");

        assertThat(file.floats("input", 4, 3, 6, 6)).hasSize(432);
        for (float value : file.floats("eval/output", 4, 6, 3, 3)) {
            assertThat(value).as("after the last ReLU").isNotNegative();
        }
        assertThat(file.floats("train/input_grad", 4, 3, 6, 6)).isNotEqualTo(new float[432]);
        assertThat(file.tensor("buffer/downsample.1.running_var").shape()).containsExactly(6L);
    }
}
