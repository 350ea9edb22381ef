package io.residual.cuda.device;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Builds libraries by g++, each once per JVM, in a folder that goes with it. */
final class HostCompiler {
    private static final List<String> OPTIONS =
            List.of("-std=c++17", "-O1", "-fPIC", "-fvisibility=hidden", "-fno-gnu-unique", "-w");
    private static final List<String> KERNEL_OPTIONS = List.of(
            "-nostdinc",
            "-fno-builtin",
            "-fsanitize=alignment,null,bounds,integer-divide-by-zero",
            "-fno-sanitize-recover=all",
            "-c",
            "-x",
            "c++");
    private static final HostCompiler SHARED = new HostCompiler();

    private final Map<String, String> preprocessed = new HashMap<>();
    private final Map<String, NativeLibrary> libraries = new HashMap<>();
    private Path folder = Path.of("");

    private HostCompiler() {}

    static HostCompiler shared() {
        return SHARED;
    }

    /** Skips the tests of whoever has no g++; a build server has to have one. */
    static void assumeAvailable() {
        boolean available;
        try {
            build(List.of("g++", "--version"));
            available = true;
        } catch (UncheckedIOException e) {
            available = false;
        }
        if (System.getenv("CI") == null) Assumptions.assumeTrue(available, "g++ is not installed");
        if (!available) throw new AssertionError("g++ is not installed");
    }

    /** A source without its comments and macros, but with CUDA's words. */
    synchronized String preprocess(String source) {
        return preprocessed.computeIfAbsent(source, text -> {
            Path file = write("source", text);
            Path to = path("source", ".i");
            build(List.of(
                    "g++", "-E", "-P", "-nostdinc", "-x", "c++", "-std=c++17", "-o", to.toString(), file.toString()));
            try {
                return Files.readString(to);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** A library of CUDA C, with what of C++ calls its kernels. */
    synchronized NativeLibrary kernels(String source, String calls) {
        return libraries.computeIfAbsent(source + calls, text -> {
            try {
                return library(
                        text,
                        List.of(
                                "-include",
                                header().toString(),
                                "-DHOST_SHARED=__attribute__((section(\"host_shared\")))"));
            } catch (CudaException e) {
                // Arrays of templates have sections of their own: they are not filled before each block.
                if (!String.valueOf(e.getMessage()).contains("section type conflict")) throw e;
                return library(text, List.of("-include", header().toString(), "-DHOST_SHARED="));
            }
        });
    }

    /** The library of convolutions. */
    synchronized NativeLibrary convolutions() {
        return libraries.computeIfAbsent("", none -> {
            Path to = path("convolution", ".so");
            run(List.of(
                    "-O3",
                    "-shared",
                    write("convolution.cpp", resource("convolution.cpp")).toString(),
                    "-o",
                    to.toString()));
            return NativeLibrary.getInstance(to.toString());
        });
    }

    private NativeLibrary library(String text, List<String> options) {
        Path file = write("kernels.cu", text);
        Path object = path("kernels", ".o");
        Path to = path("kernels", ".so");
        List<String> all = new ArrayList<>(KERNEL_OPTIONS);
        all.addAll(options);
        all.addAll(List.of(file.toString(), "-o", object.toString()));
        run(all);
        run(List.of("-shared", object.toString(), scheduler().toString(), "-o", to.toString()));
        return NativeLibrary.getInstance(to.toString());
    }

    private Path header() {
        Path header = folder().resolve("host.h");
        return Files.exists(header) ? header : write("host.h", resource("host.h"));
    }

    private Path scheduler() {
        Path object = folder().resolve("host.o");
        if (!Files.exists(object)) {
            run(List.of("-c", write("host.cpp", resource("host.cpp")).toString(), "-o", object.toString()));
            object.toFile().deleteOnExit();
        }
        return object;
    }

    private static void run(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("g++"));
        command.addAll(OPTIONS);
        command.addAll(arguments);
        build(command);
    }

    private static void build(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new CudaException(CudaException.Kind.FAILED, output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path write(String name, String text) {
        Path file = name.equals("host.h") ? folder().resolve(name) : path(name, name.endsWith(".cpp") ? ".cpp" : ".cu");
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        file.toFile().deleteOnExit();
        return file;
    }

    /** A new file's. */
    private Path path(String name, String suffix) {
        try {
            Path file = Files.createTempFile(folder(), name, suffix);
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folder() {
        if (folder.equals(Path.of(""))) {
            try {
                folder = Files.createTempDirectory("residual-cuda");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            folder.toFile().deleteOnExit();
        }
        return folder;
    }

    private static String resource(String name) {
        try (InputStream in = HostCompiler.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("There is no resource " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
