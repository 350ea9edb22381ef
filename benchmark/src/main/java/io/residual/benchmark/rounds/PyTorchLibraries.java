package io.residual.benchmark.rounds;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * PyTorch for Java with the JavaCPP that it was made for, which is another one than DL4J's: the module benchmark-pytorch
 * lists the files when it is built, and nothing else depends on them.
 */
final class PyTorchLibraries {
    private static final String LIST = "/io/residual/benchmark/pytorch/class-path.txt";

    private PyTorchLibraries() {}

    /** Their class path, absent where the module was not built. */
    static Optional<String> classPath() {
        try (InputStream list = PyTorchLibraries.class.getResourceAsStream(LIST)) {
            return list == null ? Optional.empty() : Optional.of(new String(list.readAllBytes(), UTF_8).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
