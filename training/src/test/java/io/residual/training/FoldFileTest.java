package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldFileTest {
    @TempDir
    private Path directory;

    private final List<String> warnings = new ArrayList<>();

    @Test
    void probabilities_are_read_back_unless_a_bit_has_flipped_or_they_are_of_another_origin() throws IOException {
        Path path = directory.resolve(FoldFile.NAME);
        FoldFile file = new FoldFile(path, new TreeMap<>(Map.of("spec", "one")));
        float[][] rows = {{0.25f, 0.75f}, {0.5f, 0.5f}, {0.125f, 0.875f}};
        file.write(rows);

        assertThat(file.read(3, 2, warnings::add).orElseThrow()).isDeepEqualTo(rows);
        assertThat(new FoldFile(path, new TreeMap<>(Map.of("spec", "two"))).read(3, 2, warnings::add))
                .isEmpty();
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length - 2] ^= 1;
        Files.write(path, bytes);
        assertThat(file.read(3, 2, warnings::add)).isEmpty();
        assertThat(warnings)
                .containsExactly(
                        path + ": belongs to other settings or images: computing it again",
                        path + ": is damaged: computing it again");
    }
}
