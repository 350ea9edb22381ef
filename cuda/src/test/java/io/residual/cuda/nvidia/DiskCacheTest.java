package io.residual.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskCacheTest {
    @TempDir
    private Path folder;

    @Test
    void a_key_depends_on_every_part_and_its_place() {
        String key = DiskCache.key(List.of("ab", "c"), ".cubin");
        assertThat(key).matches("[0-9a-f]{64}\\.cubin").isEqualTo(DiskCache.key(List.of("ab", "c"), ".cubin"));
        assertThat(List.of(
                        DiskCache.key(List.of("a", "bc"), ".cubin"),
                        DiskCache.key(List.of("c", "ab"), ".cubin"),
                        DiskCache.key(List.of("abc"), ".cubin")))
                .doesNotContain(key)
                .doesNotHaveDuplicates();
    }

    @Test
    void what_is_written_is_whole_and_leaves_nothing_beside_it() throws IOException {
        DiskCache cache = new DiskCache(folder.resolve("a/b"));
        assertThat(cache.read("key")).isEmpty();
        assertThat(cache.write("key", new byte[] {1, 2})).isTrue();
        assertThat(cache.write("key", new byte[] {3})).isTrue();
        assertThat(cache.read("key")).hasValue(new byte[] {3});
        try (var files = Files.list(folder.resolve("a/b"))) {
            assertThat(files).containsExactly(folder.resolve("a/b/key"));
        }
    }

    @Test
    void a_directory_that_cannot_be_made_is_as_good_as_empty() throws IOException {
        DiskCache cache = new DiskCache(Files.createFile(folder.resolve("file")).resolve("cache"));
        assertThat(cache.write("key", new byte[1])).isFalse();
        assertThat(cache.read("key")).isEmpty();
    }

    @Test
    void it_lies_where_the_desktop_wants_caches() {
        Path home = Path.of("/home/me");
        assertThat(DiskCache.ofUser(Map.of("XDG_CACHE_HOME", "/fast"), home)).isEqualTo(Path.of("/fast/residual/cuda"));
        assertThat(DiskCache.ofUser(Map.of("XDG_CACHE_HOME", ""), home))
                .isEqualTo(Path.of("/home/me/.cache/residual/cuda"));
    }
}
