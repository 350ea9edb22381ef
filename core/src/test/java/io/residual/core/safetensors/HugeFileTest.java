package io.residual.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files beyond the 2^31 - 1 bytes of a Java buffer; they are sparse, so that they take no room on the disk. */
class HugeFileTest {
    private static final long GIB = 1L << 30;

    @TempDir
    private Path folder;

    private Path sparse(String header, long dataBytes, int last) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        Path path = folder.resolve("huge.safetensors");
        try (FileChannel file = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            file.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(text.length)
                    .flip());
            file.write(ByteBuffer.wrap(text));
            file.write(
                    ByteBuffer.allocate(Integer.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(last)
                            .flip(),
                    Long.BYTES + text.length + dataBytes - Integer.BYTES);
        }
        return path;
    }

    private static String entry(String name, String dtype, long elements, long begin, long end) {
        return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + elements + "],\"data_offsets\":[" + begin
                + "," + end + "]}";
    }

    @Test
    void a_file_of_more_than_2_gib_is_read_where_each_tensor_is_smaller() throws Exception {
        long first = GIB + 12;
        String header = "{" + entry("a", "U8", first, 0, first) + ","
                + entry("b", "U8", GIB, first, first + GIB) + ","
                + entry("c", "I32", 1, first + GIB, first + GIB + 4) + "}";

        SafetensorsFile file = SafetensorsFile.read(sparse(header, first + GIB + 4, -20171));

        assertThat(file.names()).containsExactly("a", "b", "c");
        assertThat(file.tensor("b").size()).isEqualTo((int) GIB);
        assertThat(file.longs("c", 1)).containsExactly(-20171);
    }

    @Test
    void a_tensor_of_2_gib_is_rejected_before_its_data_are_touched() throws Exception {
        Path file = sparse("{" + entry("a", "U8", 2 * GIB, 0, 2 * GIB) + "}", 2 * GIB, 1);

        assertThatThrownBy(() -> SafetensorsFile.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessage(file + ": tensor 'a': has 2147483648 bytes, this reader takes 2147483647");
    }
}
