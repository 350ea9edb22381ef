package io.residual.data.picture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The pictures whose values Pillow has given. */
final class GoldenPictures {
    private GoldenPictures() {}

    static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(GoldenPictures.class.getResource("golden/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
