package io.residual.cuda.nvidia;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.CudaException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** NVRTC and cuDNN, and what cuDNN loads by name on the way. Once loaded they stay loaded. */
final class Libraries {
    /** The oldest CUDA that is supported, and the newest whose libraries are looked for. */
    static final int OLDEST = 12;

    static final int NEWEST = 13;

    /**
     * RTLD_LAZY, RTLD_GLOBAL and RTLD_NODELETE of Linux: what is loaded is what cuDNN finds when it asks for the same name, and
     * it stays, as these libraries have threads of their own.
     */
    private static final Map<String, Object> OPTIONS =
            Map.of(Library.OPTION_OPEN_FLAGS, 0x1101, Library.OPTION_STRING_ENCODING, "UTF-8");

    private static final String CUDNN = "libcudnn.so.9";

    /** cuDNN's own libraries for convolutions; cuDNN ends the process if it does not find one of them by itself. */
    private static final List<String> CUDNN_PARTS = List.of(
            "graph", "ops", "engines_runtime_compiled", "engines_precompiled", "engines_tensor_ir", "heuristic", "cnn");

    private final Found found;
    private final Nvrtc nvrtc;
    private final Cudnn cudnn;

    /** Files of one major version of CUDA. cudart is there for cuDNN's sake, if it is there. */
    record Found(int major, Path nvrtc, Path cudnn, Path cublas, Path cublasLt, Optional<Path> cudart) {}

    /** Loads each after what it asks for by name. */
    private Libraries(Found found) {
        this.found = found;
        found.cudart().ifPresent(Libraries::open);
        open(found.cublasLt());
        open(found.cublas());
        Places.matching(parent(found.nvrtc()), "libnvrtc-builtins.so." + found.major() + ".*")
                .forEach(Libraries::attempt);
        nvrtc = load(found.nvrtc(), Nvrtc.class);
        for (String part : CUDNN_PARTS) {
            Places.matching(parent(found.cudnn()), "libcudnn_" + part + ".so.9").forEach(Libraries::attempt);
        }
        cudnn = load(found.cudnn(), Cudnn.class);
    }

    /**
     * Loads them.
     *
     * @param driverMajor the CUDA that the driver knows
     * @throws CudaException naming what is missing and how to get it
     */
    static Libraries load(Places places, int driverMajor) {
        Found found = find(places, driverMajor);
        Libraries libraries = new Libraries(found);
        int builtFor = (int) (libraries.cudnn.cudnnGetCudartVersion() / 1000);
        if (builtFor == found.major()) {
            return libraries;
        }
        if (builtFor > driverMajor) {
            throw new CudaException(
                    Kind.OLD_DRIVER,
                    found.cudnn() + " is for CUDA " + builtFor + ", the driver knows CUDA " + driverMajor
                            + ". Update NVIDIA's driver or install a cuDNN for CUDA " + driverMajor + ".");
        }
        return new Libraries(of(places, builtFor).orElseThrow(() -> missing(places, builtFor)));
    }

    /**
     * The newest complete set that the driver can run.
     *
     * @throws CudaException if there is none
     */
    static Found find(Places places, int driverMajor) {
        int newest = Math.min(NEWEST, driverMajor);
        return IntStream.iterate(newest, major -> major >= OLDEST, major -> major - 1)
                .mapToObj(major -> of(places, major))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> missing(places, newest));
    }

    /**
     * Looks for the driver's library.
     *
     * @throws CudaException if there is none
     */
    static Driver driver(Places places) {
        List<String> candidates = new ArrayList<>();
        places.named()
                .forEach(folder -> file(folder, "libcuda.so.1").ifPresent(file -> candidates.add(file.toString())));
        if (places.asksSystem()) {
            candidates.add("libcuda.so.1");
        }
        places.ofDriver()
                .forEach(folder -> file(folder, "libcuda.so.1").ifPresent(file -> candidates.add(file.toString())));
        List<String> reasons = new ArrayList<>();
        for (String candidate : candidates) {
            try {
                return Native.load(candidate, Driver.class, OPTIONS);
            } catch (UnsatisfiedLinkError unusable) {
                reasons.add(reason(unusable));
            }
        }
        throw new CudaException(
                Kind.NO_DRIVER,
                "NVIDIA's driver was not found (libcuda.so.1"
                        + (reasons.isEmpty() ? "" : ": " + String.join("; ", reasons))
                        + "). Install it, or give a container the GPU (docker run --gpus all).");
    }

    Nvrtc nvrtc() {
        return nvrtc;
    }

    Cudnn cudnn() {
        return cudnn;
    }

    /** Versions and places. */
    String describe() {
        long version = cudnn.cudnnGetVersion();
        return "NVRTC " + new Compiler(nvrtc, 0).version() + " (" + found.nvrtc() + "), cuDNN " + version / 10000 + "."
                + version / 100 % 100 + "." + version % 100 + " for CUDA " + found.major() + " (" + found.cudnn() + ")";
    }

    private static Optional<Found> of(Places places, int major) {
        List<Path> directories = near(places);
        Optional<Path> nvrtc = first(directories, "libnvrtc.so." + major);
        Optional<Path> cudnn = first(directories, CUDNN);
        Optional<Path> cublasLt = first(directories, "libcublasLt.so." + major);
        Optional<Path> cublas = first(directories, "libcublas.so." + major);
        if (nvrtc.isEmpty() || cudnn.isEmpty() || cublasLt.isEmpty() || cublas.isEmpty()) {
            return Optional.empty();
        }
        // Two builds of one major version differ in what they export to each other: both halves of cuBLAS from one
        // place.
        Path halfLt = file(parent(cublas.get()), "libcublasLt.so." + major).orElse(cublasLt.get());
        return Optional.of(new Found(
                major, nvrtc.get(), cudnn.get(), cublas.get(), halfLt, first(directories, "libcudart.so." + major)));
    }

    /** Where cuDNN is one of Python's packages, its neighbours come before all others but the directories that the user named. */
    private static List<Path> near(Places places) {
        List<Path> directories = places.directories();
        List<Path> named = places.named();
        Optional<Path> packages = first(directories, CUDNN)
                .map(Libraries::parent)
                .filter(folder -> folder.endsWith("nvidia/cudnn/lib"))
                .map(folder -> parent(parent(folder)));
        return packages.map(home -> directories.stream()
                        .sorted(Comparator.comparing(
                                folder -> named.contains(folder) ? 0 : folder.startsWith(home) ? 1 : 2))
                        .toList())
                .orElse(directories);
    }

    private static CudaException missing(Places places, int major) {
        List<Path> directories = places.directories();
        List<String> absent =
                List.of("libnvrtc.so." + major, CUDNN, "libcublas.so." + major, "libcublasLt.so." + major).stream()
                        .filter(name -> first(directories, name).isEmpty())
                        .toList();
        return new CudaException(
                Kind.NO_LIBRARY,
                "Missing: " + String.join(", ", absent) + ", looked for in "
                        + (directories.isEmpty()
                                ? "no directory"
                                : directories.stream().map(Path::toString).collect(Collectors.joining(":")))
                        + ". Install them, for example by `pip install nvidia-cudnn-cu" + major + " "
                        + (major == 12
                                ? "nvidia-cuda-nvrtc-cu12 nvidia-cublas-cu12"
                                : "nvidia-cuda-nvrtc nvidia-cublas")
                        + "`, or CUDA's toolkit and cuDNN 9, and name their directories in " + Places.VARIABLE
                        + " or LD_LIBRARY_PATH.");
    }

    private static Optional<Path> first(List<Path> directories, String name) {
        return directories.stream()
                .map(folder -> file(folder, name))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Path> file(Path folder, String name) {
        Path file = folder.resolve(name);
        return Files.isRegularFile(file) ? Optional.of(file.toAbsolutePath()) : Optional.empty();
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private static void open(Path file) {
        try {
            NativeLibrary.getInstance(file.toString(), OPTIONS);
        } catch (UnsatisfiedLinkError unusable) {
            throw unusable(file, unusable);
        }
    }

    /** Loads what its user would find by itself in most installations, and can complain about better. */
    private static void attempt(Path file) {
        try {
            NativeLibrary.getInstance(file.toString(), OPTIONS);
        } catch (UnsatisfiedLinkError unusable) {
            return;
        }
    }

    private static <T extends Library> T load(Path file, Class<T> functions) {
        try {
            return Native.load(file.toString(), functions, OPTIONS);
        } catch (UnsatisfiedLinkError unusable) {
            throw unusable(file, unusable);
        }
    }

    private static CudaException unusable(Path file, UnsatisfiedLinkError why) {
        return new CudaException(
                Kind.NO_LIBRARY,
                file + " cannot be loaded: " + reason(why) + ". Install it anew, or name another directory in "
                        + Places.VARIABLE + ".");
    }

    /** JNA's first line only repeats the name; the linker's reason follows. */
    private static String reason(UnsatisfiedLinkError error) {
        List<String> lines = String.valueOf(error.getMessage()).lines().toList();
        return lines.size() > 1 ? lines.get(1) : lines.get(0);
    }
}
