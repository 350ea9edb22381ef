package io.residual.cuda.step;

import io.residual.cuda.device.Format;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The CUDA C that comes with the program. */
final class Sources {
    private Sources() {}

    /** Files behind one another, of which the first says what a number in memory is. */
    static String of(Format format, String... files) {
        StringBuilder text = new StringBuilder(format == Format.BF16 ? "#define BF16\n" : "");
        for (String file : files) {
            text.append(read("/io/residual/cuda/" + file)).append('\n');
        }
        return text.toString();
    }

    private static String read(String resource) {
        try (InputStream in = Sources.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }
}
