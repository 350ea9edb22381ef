package io.residual.benchmark.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorFileTest {
    private static final Network NETWORK = Network.of(ResNetSpec.resNet(18, Flavour.BOOK)
            .withInput(new ImageShape(2, 20, 12))
            .withWidth(4)
            .withClasses(3));

    @TempDir
    Path folder;

    @Test
    void every_tensor_comes_back_in_its_shape() throws IOException {
        TensorFile file = written(5);
        for (Network.Tensor tensor : NETWORK.tensors()) {
            assertThat(file.shape(tensor.name())).isEqualTo(tensor.shape());
            assertThat(file.values(tensor.name())).hasSize(tensor.length()).doesNotContain(0f);
        }
        assertThat(file.shape("images")).containsExactly(5, 2, 20, 12);
        assertThat(file.values("images")).hasSize(5 * 2 * 20 * 12).hasSameSizeAs(new float[2400]);
        for (float label : file.values("labels")) {
            assertThat(label).isIn(0f, 1f, 2f);
        }
    }

    /** Read by the description of the format at huggingface.co/docs/safetensors, not by this project's reader. */
    @Test
    void the_last_four_bytes_are_the_last_label() throws IOException {
        TensorFile file = written(4);
        byte[] bytes = Files.readAllBytes(folder.resolve("t"));
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) buffer.getLong(0);
        String json = new String(bytes, 8, header, StandardCharsets.UTF_8);
        int values = bytes.length - 8 - header;
        assertThat(json)
                .endsWith("\"labels\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[" + (values - 16) + ","
                        + values + "]}}");
        assertThat(buffer.getFloat(bytes.length - 4)).isEqualTo(file.values("labels")[3]);
    }

    @Test
    void a_seed_gives_the_same_bytes_and_another_seed_others() throws IOException {
        TensorFile.write(folder.resolve("a"), NETWORK, 2, 8);
        TensorFile.write(folder.resolve("b"), NETWORK, 2, 8);
        TensorFile.write(folder.resolve("c"), NETWORK, 2, 9);
        assertThat(folder.resolve("a")).hasSameBinaryContentAs(folder.resolve("b"));
        assertThat(Files.mismatch(folder.resolve("a"), folder.resolve("c"))).isPositive();
    }

    @Test
    void weights_stay_within_the_xavier_bound_and_reach_it() throws IOException {
        double bound = Math.sqrt(6.0 / ((2 + 4) * 49)); // stem: 2 channels to 4, 7 x 7
        float greatest = 0;
        for (float weight : written(2).values("stem.conv.weight")) {
            greatest = Math.max(greatest, Math.abs(weight));
        }
        assertThat((double) greatest).isBetween(0.95 * bound, bound);
    }

    @Test
    void a_tensor_that_is_not_there_is_named() throws IOException {
        TensorFile file = written(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> file.values("stage9.bias"))
                .withMessageStartingWith("no tensor stage9.bias among [stem.conv.weight, ");
    }

    private TensorFile written(int batch) throws IOException {
        TensorFile.write(folder.resolve("t"), NETWORK, batch, 3);
        return TensorFile.open(folder.resolve("t"));
    }
}
