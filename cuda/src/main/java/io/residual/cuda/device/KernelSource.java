package io.residual.cuda.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The CUDA C that comes with the program. */
public final class KernelSource {
    private KernelSource() {}

    /** The text of files, behind one another. */
    public static String of(String... files) {
        StringBuilder text = new StringBuilder();
        for (String file : files) {
            text.append(read("/io/residual/cuda/" + file)).append('\n');
        }
        return text.toString();
    }

    private static String read(String resource) {
        try (InputStream in = KernelSource.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }
}
