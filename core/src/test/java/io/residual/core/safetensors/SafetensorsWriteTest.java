package io.residual.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SafetensorsWriteTest {
    @TempDir
    private Path folder;

    @Test
    void a_file_has_the_bytes_of_the_reference_implementation() throws Exception {
        Path file = folder.resolve("small.safetensors");
        new SafetensorsWriter()
                .floats("b", new float[] {1, -2}, 2, 1)
                .longs("z", new long[] {5})
                .metadata("format", "pt")
                .floats("a", new float[] {0.5f}, 1)
                .write(file);

        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"z\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[12,20]}}";
        int padded = (header.length() + 7) / 8 * 8;
        byte[] expected = ByteBuffer.allocate(8 + padded + 20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put((header + " ".repeat(padded - header.length())).getBytes(StandardCharsets.UTF_8))
                .putLong(5)
                .putFloat(0.5f)
                .putFloat(1)
                .putFloat(-2)
                .array();
        assertThat(header.length() % 8).as("a header that needs padding").isNotZero();
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    }

    @Test
    void the_order_of_additions_does_not_change_the_bytes() throws Exception {
        new SafetensorsWriter()
                .floats("b", new float[] {1}, 1)
                .longs("a", new long[] {2}, 1)
                .metadata("k", "1")
                .metadata("j", "2")
                .write(folder.resolve("one"));
        new SafetensorsWriter()
                .metadata("j", "2")
                .longs("a", new long[] {2}, 1)
                .metadata("k", "1")
                .floats("b", new float[] {1}, 1)
                .write(folder.resolve("two"));

        assertThat(folder.resolve("one")).hasSameBinaryContentAs(folder.resolve("two"));
    }

    @Test
    void random_bits_are_read_back_as_they_were() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        // More than one chunk of the writer, and no multiple of it.
        float[] floats = new float[16_384 * 2 + 77];
        long[] longs = new long[8_192 + 5];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.intBitsToFloat(random.nextInt());
        }
        for (int i = 0; i < longs.length; i++) {
            longs[i] = random.nextLong();
        }
        Path file = folder.resolve("random");
        new SafetensorsWriter()
                .floats("größe\u0001\"", floats, floats.length)
                .longs("longs", longs, longs.length)
                .floats("none", new float[0], 4, 0)
                .metadata("note", "ü\n")
                .write(file);

        SafetensorsFile read = SafetensorsFile.read(file);
        ByteBuffer bits = read.tensor("größe\u0001\"").bytes();
        for (float value : floats) {
            assertThat(bits.getInt()).isEqualTo(Float.floatToRawIntBits(value));
        }
        assertThat(read.longs("longs", longs.length)).isEqualTo(longs);
        assertThat(read.floats("none", 4, 0)).isEmpty();
        assertThat(read.metadata()).containsExactly(Map.entry("note", "ü\n"));
    }

    @Test
    void an_array_is_written_in_c_order_whatever_its_own() throws Exception {
        INDArray array = Nd4j.createFromArray(new float[] {1, 2, 3, 4, 5, 6}).reshape('c', 2, 3);
        Path file = folder.resolve("arrays");
        new SafetensorsWriter()
                .array("fortran", array.dup('f'))
                .array("transposed", array.transpose())
                .array("column", array.getColumn(1, true))
                .array("labels", Nd4j.createFromArray(new long[] {9, 8}))
                .write(file);

        SafetensorsFile read = SafetensorsFile.read(file);
        assertThat(read.floats("fortran", 2, 3)).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(read.floats("transposed", 3, 2)).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(read.floats("column", 2, 1)).containsExactly(2, 5);
        assertThat(read.longs("labels", 2)).containsExactly(9, 8);
        assertThat(read.tensor("transposed").toArray()).isEqualTo(array.transpose());
    }

    @Test
    void a_file_is_replaced_with_nothing_left_beside_it() throws Exception {
        Path file = folder.resolve("replaced");
        Files.writeString(file, "old");
        new SafetensorsWriter().floats("a", new float[] {4}, 1).write(file);

        assertThat(SafetensorsFile.read(file).floats("a", 1)).containsExactly(4);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void a_file_that_was_read_stays_as_it_was_when_it_is_replaced() throws Exception {
        Path file = folder.resolve("read");
        new SafetensorsWriter().floats("a", new float[] {4}, 1).write(file);
        SafetensorsFile old = SafetensorsFile.read(file);
        new SafetensorsWriter().floats("a", new float[] {5}, 1).write(file);

        assertThat(old.floats("a", 1)).containsExactly(4);
    }

    @Test
    void a_missing_directory_is_said() {
        assertThatThrownBy(() -> new SafetensorsWriter().write(folder.resolve("none/file")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void what_cannot_be_a_tensor_is_refused_when_it_is_added() {
        SafetensorsWriter writer = new SafetensorsWriter().floats("a", new float[] {1}, 1);

        assertThatThrownBy(() -> writer.longs("a", new long[] {1}, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'a': the name is there already");
        assertThatThrownBy(() -> writer.floats("b", new float[6], 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'b': shape [2, 2] does not fit 6 values");
        assertThatThrownBy(() -> writer.floats("b", new float[6], -2, -3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'b': shape [-2, -3] does not fit 6 values");
        assertThatThrownBy(() -> writer.floats("__metadata__", new float[1], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor '__metadata__': the name is reserved for the metadata");
        assertThatThrownBy(() -> writer.array("d", Nd4j.zeros(DataType.DOUBLE, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'd': expected an array of FLOAT or LONG, found DOUBLE");
        writer.metadata("k", "v");
        assertThatThrownBy(() -> writer.metadata("k", "w"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("metadata 'k' is there already");
    }
}
