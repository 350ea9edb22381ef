package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files as they are shipped, read without the classes that will read them. */
class EmbeddedSampleFilesTest {
    private static final int PIXELS = 28 * 28;

    @ParameterizedTest
    @CsvSource({"train,2000", "t10k,500"})
    void every_class_has_the_same_number_of_labels(String split, int images) throws Exception {
        ByteBuffer labels = content(split + "-labels-idx1-ubyte");
        assertThat(labels.getInt()).isEqualTo(0x801);
        assertThat(labels.getInt()).isEqualTo(images);

        int[] perClass = new int[10];
        boolean mixed = false;
        int before = 0;
        while (labels.hasRemaining()) {
            int label = labels.get();
            perClass[label]++;
            mixed |= label < before;
            before = label;
        }
        assertThat(perClass).containsOnly(images / 10).hasSize(10);
        assertThat(mixed).as("classes are not in one block each").isTrue();
    }

    @ParameterizedTest
    @CsvSource({"train,2000", "t10k,500"})
    void the_images_are_whole_and_all_different(String split, int images) throws Exception {
        ByteBuffer content = content(split + "-images-idx3-ubyte");
        assertThat(content.getInt()).isEqualTo(0x803);
        assertThat(content.getInt()).isEqualTo(images);
        assertThat(content.getInt()).isEqualTo(28);
        assertThat(content.getInt()).isEqualTo(28);
        assertThat(content.remaining()).isEqualTo(images * PIXELS);

        Set<ByteBuffer> distinct = new HashSet<>();
        for (int i = 0; i < images; i++) {
            distinct.add(content.slice(content.position() + i * PIXELS, PIXELS));
        }
        assertThat(distinct).hasSize(images);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train-images-idx3-ubyte",
                "train-labels-idx1-ubyte",
                "t10k-images-idx3-ubyte",
                "t10k-labels-idx1-ubyte"
            })
    void the_readme_beside_the_files_states_their_digests(String name) throws Exception {
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(content(name).array());
        try (InputStream readme = resource("README.md")) {
            assertThat(new String(readme.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(HexFormat.of().formatHex(digest) + "  " + name);
        }
    }

    private static ByteBuffer content(String name) throws Exception {
        try (InputStream packed = new GZIPInputStream(resource(name + ".gz"))) {
            return ByteBuffer.wrap(packed.readAllBytes());
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(
                EmbeddedSampleFilesTest.class.getResourceAsStream("sample/" + name), () -> "no resource " + name);
    }
}
