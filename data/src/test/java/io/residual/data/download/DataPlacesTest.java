package io.residual.data.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DataPlacesTest {
    private static final Path HOME = Path.of("/home/ann");

    @Test
    void the_cache_is_where_the_variables_say() {
        assertThat(cache(Map.of("RESIDUAL_CACHE", "/big/cache", "XDG_CACHE_HOME", "/xdg")))
                .isEqualTo(Path.of("/big/cache/fashion-mnist"));
        assertThat(cache(Map.of("RESIDUAL_CACHE", "", "XDG_CACHE_HOME", "/xdg")))
                .isEqualTo(Path.of("/xdg/residual/fashion-mnist"));
        assertThat(cache(Map.of())).isEqualTo(Path.of("/home/ann/.cache/residual/fashion-mnist"));
    }

    @Test
    void a_relative_xdg_cache_home_is_ignored() {
        assertThat(cache(Map.of("XDG_CACHE_HOME", "cache")))
                .isEqualTo(Path.of("/home/ann/.cache/residual/fashion-mnist"));
    }

    @Test
    void the_first_mirror_is_encrypted() {
        assertThat(DataPlaces.of(Map.of(), HOME).mirrors())
                .hasSize(2)
                .first()
                .satisfies(mirror -> assertThat(mirror.getScheme()).isEqualTo("https"));
    }

    @Test
    void a_mirror_that_is_no_folder_is_refused() {
        DataPlaces places = DataPlaces.of(Map.of(), HOME);
        List<URI> mirrors = List.of(URI.create("https://example.org/fashion"));
        assertThatThrownBy(() -> new DataPlaces(HOME, HOME, mirrors, places.limits()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the address of a folder ends in /, unlike https://example.org/fashion");
    }

    private static Path cache(Map<String, String> environment) {
        return DataPlaces.of(environment, HOME).cache();
    }
}
