package io.residual.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to a valid file, it is read or rejected: no other exception, hang, or allocation beyond its size. */
@Timeout(120)
class MutatedFileTest {
    private static final int MUTATIONS = 4000;
    private static final int NUMBERS_IN_PLACE = 8;

    @TempDir
    private Path folder;

    private byte[] valid = new byte[0];
    private int headerEnd;
    private int read;
    private int rejected;

    @BeforeEach
    void write_a_valid_file() throws IOException {
        Path file = folder.resolve("valid");
        new SafetensorsWriter()
                .metadata("network", "resnet18")
                .floats("conv1.weight", new float[] {1.5f, -2, 3, 4, 5, 6}, 2, 3)
                .floats("bn1.bias", new float[] {7, 8}, 2)
                .longs("label", new long[] {3, 1, 4}, 3)
                .floats("loss", new float[] {0.25f})
                .write(file);
        valid = Files.readAllBytes(file);
        headerEnd = Math.toIntExact(Long.BYTES
                + ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
    }

    @Test
    void every_truncation_is_rejected() throws IOException {
        for (int length = 0; length < valid.length; length++) {
            attempt(Arrays.copyOf(valid, length), "cut to " + length);
        }
        assertThat(rejected).isEqualTo(valid.length);
    }

    @Test
    void every_flipped_bit_of_the_header_is_survived() throws IOException {
        for (int bit = 0; bit < headerEnd * Byte.SIZE; bit++) {
            byte[] mutant = valid.clone();
            mutant[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            attempt(mutant, "bit " + bit + " flipped");
        }
        // A flipped letter in a name or in the metadata leaves a valid file.
        assertThat(read).isGreaterThan(50);
        assertThat(rejected).isGreaterThan(1000);
    }

    @Test
    void bytes_of_the_data_are_never_a_reason_to_reject() throws IOException {
        for (int at = headerEnd; at < valid.length; at++) {
            byte[] mutant = valid.clone();
            mutant[at] = (byte) ~mutant[at];
            attempt(mutant, "byte " + at + " inverted");
        }
        assertThat(read).isEqualTo(valid.length - headerEnd);
    }

    @Test
    void random_edits_of_the_header_are_survived() throws IOException {
        SplittableRandom random = new SplittableRandom(20171);
        byte[] alphabet = "{}[]\",:0123456789-.eE\\u\0\u007f nF".getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutant = valid.clone();
            int edits = 1 + random.nextInt(4);
            for (int edit = 0; edit < edits; edit++) {
                int at = NUMBERS_IN_PLACE + random.nextInt(headerEnd - NUMBERS_IN_PLACE);
                switch (random.nextInt(3)) {
                    case 0 -> mutant[at] = alphabet[random.nextInt(alphabet.length)];
                    case 1 -> mutant[at] = (byte) random.nextInt(256);
                    default -> {
                        int from = NUMBERS_IN_PLACE + random.nextInt(headerEnd - NUMBERS_IN_PLACE);
                        int length = Math.min(random.nextInt(40), headerEnd - Math.max(at, from));
                        System.arraycopy(valid, from, mutant, at, length);
                    }
                }
            }
            attempt(mutant, "mutation " + i);
        }
        assertThat(rejected).isGreaterThan(MUTATIONS / 2);
        assertThat(read).isGreaterThan(20);
    }

    private void attempt(byte[] content, String mutation) throws IOException {
        Path file = Files.write(folder.resolve("mutant"), content);
        try {
            SafetensorsFile mutant = SafetensorsFile.read(file);
            for (String name : mutant.names()) {
                readAll(mutant.tensor(name));
            }
            read++;
        } catch (SafetensorsException e) {
            assertThat(e.getMessage())
                    .as(mutation)
                    .startsWith(file + ": ")
                    .hasSizeLessThan(file.toString().length() + 400)
                    .doesNotContain("\n");
            rejected++;
        } catch (RuntimeException | Error e) {
            fail(mutation, e);
        }
    }

    private static void readAll(SafetensorsTensor tensor) throws IOException {
        switch (tensor.dtype()) {
            case F32, F16, BF16 -> tensor.floats();
            case F64 -> tensor.doubles();
            case BOOL -> tensor.booleans();
            default -> tensor.longs();
        }
    }
}
