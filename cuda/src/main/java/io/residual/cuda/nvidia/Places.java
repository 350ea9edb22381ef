package io.residual.cuda.nvidia;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where libraries of CUDA may lie.
 *
 * @param environment variables of the process
 * @param root what stands for the file system's root
 */
record Places(Map<String, String> environment, Path root) {
    /** Names directories that are searched first. */
    static final String VARIABLE = "RESIDUAL_CUDA_LIBRARIES";

    Places {
        environment = Map.copyOf(environment);
    }

    static Places ofProcess() {
        return new Places(System.getenv(), Path.of("/"));
    }

    /** Whether libraries may also be asked for by name alone. */
    boolean asksSystem() {
        return root.equals(Path.of("/"));
    }

    /** For toolkit and cuDNN: named ones, CUDA's, the system's, those of NVIDIA's Python packages; existing ones only. */
    List<Path> directories() {
        Set<Path> found = new LinkedHashSet<>(named());
        found.addAll(at(
                "usr/local/cuda/lib64",
                "usr/local/cuda/targets/x86_64-linux/lib",
                "usr/local/cuda/targets/sbsa-linux/lib"));
        found.addAll(system());
        prefixes().forEach(prefix -> found.addAll(packages(prefix)));
        return found.stream().filter(Files::isDirectory).toList();
    }

    /** That the user named. */
    List<Path> named() {
        return Stream.concat(paths(VARIABLE), paths("LD_LIBRARY_PATH")).toList();
    }

    /** For the driver where the system's loader does not find it. */
    List<Path> ofDriver() {
        List<Path> found = new ArrayList<>(at("usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib64"));
        found.addAll(at("usr/local/nvidia/lib64", "usr/lib/wsl/lib", "usr/local/cuda/compat"));
        return found;
    }

    private List<Path> system() {
        Set<Path> found = new LinkedHashSet<>();
        configured(root.resolve("etc/ld.so.conf"), found, 0);
        found.addAll(at(
                "lib64",
                "usr/lib64",
                "usr/lib/x86_64-linux-gnu",
                "usr/lib/aarch64-linux-gnu",
                "usr/lib",
                "usr/local/lib"));
        return List.copyOf(found);
    }

    private void configured(Path file, Set<Path> found, int depth) {
        if (depth > 4 || !Files.isRegularFile(file)) {
            return;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                String entry = line.strip();
                if (entry.startsWith("include ")) {
                    Path pattern = root.resolve(entry.substring(8).strip().replaceFirst("^/", ""));
                    Path folder = pattern.isAbsolute() ? pattern : file.resolveSibling(pattern);
                    matching(folder.resolveSibling(""), String.valueOf(folder.getFileName()))
                            .forEach(each -> configured(each, found, depth + 1));
                } else if (entry.startsWith("/")) {
                    found.add(root.resolve(entry.substring(1)));
                }
            }
        } catch (IOException | UncheckedIOException unreadable) {
            return; // the system's usual directories are still searched
        }
    }

    /** Of Python: the active environments, and every step of the links behind `python3`. */
    private Set<Path> prefixes() {
        Set<Path> found = new LinkedHashSet<>();
        paths("VIRTUAL_ENV").forEach(found::add);
        paths("CONDA_PREFIX").forEach(found::add);
        paths("PATH").map(folder -> folder.resolve("python3")).forEach(python -> {
            Path step = python;
            for (int links = 0; step != null && Files.exists(step) && links < 10; links++) {
                Path folder = step.toAbsolutePath().normalize().getParent();
                Path prefix = folder == null ? null : folder.getParent();
                if (prefix != null) {
                    found.add(prefix);
                }
                step = target(step);
            }
        });
        paths("HOME").map(home -> home.resolve(".local")).forEach(found::add);
        return found;
    }

    private static @Nullable Path target(Path link) {
        try {
            return Files.isSymbolicLink(link) ? link.resolveSibling(Files.readSymbolicLink(link)) : null;
        } catch (IOException unreadable) {
            return null;
        }
    }

    private static List<Path> packages(Path prefix) {
        List<Path> found = new ArrayList<>();
        for (String lib : List.of("lib", "lib64")) {
            for (Path python : matching(prefix.resolve(lib), "python3*")) {
                for (String site : List.of("site-packages", "dist-packages")) {
                    matching(python.resolve(site).resolve("nvidia"), "*")
                            .forEach(each -> found.add(each.resolve("lib")));
                }
            }
        }
        return found;
    }

    /** Entries of a directory in the order of their names, none if it cannot be read. */
    static List<Path> matching(Path folder, String glob) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, glob)) {
            List<Path> found = new ArrayList<>();
            all.forEach(found::add);
            found.sort(null);
            return found;
        } catch (IOException | DirectoryIteratorException unreadable) {
            return List.of();
        }
    }

    private List<Path> at(String... folders) {
        return Arrays.stream(folders).map(root::resolve).toList();
    }

    private Stream<Path> paths(String variable) {
        return Arrays.stream(environment.getOrDefault(variable, "").split(":"))
                .filter(path -> !path.isBlank())
                .map(Path::of);
    }
}
