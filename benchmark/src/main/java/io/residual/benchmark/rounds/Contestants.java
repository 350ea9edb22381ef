package io.residual.benchmark.rounds;

import io.residual.benchmark.djl.DjlWorker;
import io.residual.benchmark.dl4j.Dl4jWorker;
import io.residual.benchmark.limit.LimitWorker;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Program.JavaProgram;
import io.residual.benchmark.rounds.Program.PythonProgram;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All contestants of this machine. Every one gets as many threads as there are cores.
 *
 * @param threads of the compute kernels
 * @param workFolder of files that the children share
 * @param python interpreter of the peers in Python
 */
public record Contestants(int threads, Path workFolder, Path python) {
    /**
     * glibc gives large blocks back to the system at once and asks for them again in the next step, which costs page faults;
     * these settings keep them, in transparent huge pages where the system leaves that to the program.
     */
    private static final Map<String, String> KEEP_MEMORY = Map.of(
            "MALLOC_ARENA_MAX", "1",
            "MALLOC_MMAP_MAX_", "0",
            "MALLOC_TRIM_THRESHOLD_", "17179869184",
            "MALLOC_TOP_PAD_", "67108864",
            "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1",
            "OMP_PROC_BIND", "true");

    /** Where Debian's libjemalloc2 puts the library. */
    private static final List<Path> JEMALLOC = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"),
            Path.of("/usr/lib/aarch64-linux-gnu/libjemalloc.so.2"));

    private static final Set<Task> INFERENCE_ONLY = Set.of(Task.INFER, Task.CHECK);
    private static final Set<Task> TRAINING_ONLY = Set.of(Task.TRAIN);
    private static final Set<Task> ALL = Set.of(Task.values());

    /** All contestants, those that are known to be missing among them. */
    public List<Contestant> contestants() {
        List<Contestant> all = new ArrayList<>();
        all.add(new Contestant(
                "residual",
                Family.RESIDUAL,
                "This project with its oneDNN kernels.",
                dl4j("onednn"),
                environment(Map.of("OMP_PROC_BIND", "true")),
                ALL,
                null));
        all.add(new Contestant(
                "residual-malloc",
                Family.RESIDUAL,
                "The same, with glibc told to keep its memory, in huge pages.",
                dl4j("onednn"),
                environment(KEEP_MEMORY),
                ALL,
                null));
        all.add(new Contestant(
                "residual-bf16",
                Family.RESIDUAL,
                "The same with --precision bf16: factors of convolutions have 16 bits where the processor has such products.",
                dl4j("bf16"),
                environment(Map.of("OMP_PROC_BIND", "true")),
                TRAINING_ONLY,
                null));
        all.add(new Contestant(
                "residual-folded",
                Family.RESIDUAL,
                "Its form for inference: batch norms, additions and ReLUs folded into the convolutions.",
                dl4j("folded"),
                environment(Map.of("OMP_PROC_BIND", "true")),
                INFERENCE_ONLY,
                null));
        all.add(new Contestant(
                "stock",
                Family.STOCK,
                "The same configuration in DL4J as it comes.",
                dl4j("stock"),
                environment(Map.of("OMP_PROC_BIND", "true")),
                ALL,
                null));
        all.add(djl("djl", "DJL's own blocks and trainer on PyTorch's library.", Map.of(), null));
        all.add(djl("djl-malloc", "The same, with glibc told to keep its memory, in huge pages.", KEEP_MEMORY, null));
        all.add(djl("djl-jemalloc", "The same, with jemalloc told the same.", jemalloc(), missingJemalloc()));
        all.add(pytorch("pytorch", "default", "PyTorch in Python, [N, C, H, W].", Map.of(), null));
        all.add(pytorch(
                "pytorch-malloc",
                "default",
                "The same, with glibc told to keep its memory, in huge pages.",
                KEEP_MEMORY,
                null));
        all.add(pytorch(
                "pytorch-jemalloc",
                "default",
                "The same, with jemalloc told the same.",
                jemalloc(),
                missingJemalloc()));
        all.add(pytorch("pytorch-last", "channels-last", "PyTorch in Python, channels last.", Map.of(), null));
        all.add(pytorch(
                "pytorch-last-malloc",
                "channels-last",
                "The same, with glibc told to keep its memory, in huge pages.",
                KEEP_MEMORY,
                null));
        all.add(pytorch(
                "pytorch-last-jemalloc",
                "channels-last",
                "The same, with jemalloc told the same.",
                jemalloc(),
                missingJemalloc()));
        all.add(frozen());
        return all;
    }

    /** The process that times bare primitives; it is started as a contestant is. */
    public JavaProgram limit() {
        return new JavaProgram("limit", LimitWorker.class.getName(), withoutDjl(), ownOptions());
    }

    /** Environment of the process that times bare primitives. */
    public Map<String, String> limitEnvironment() {
        return environment(Map.of("OMP_PROC_BIND", "true"));
    }

    private JavaProgram dl4j(String variant) {
        return new JavaProgram(variant, Dl4jWorker.class.getName(), withoutDjl(), ownOptions());
    }

    private Contestant djl(String name, String description, Map<String, String> settings, @Nullable String missing) {
        JavaProgram program = new JavaProgram(
                "default",
                DjlWorker.class.getName(),
                ClassPath.withoutDl4j(System.getProperty("java.class.path")),
                List.of("-Xmx2g", "-Dai.djl.offline=true"));
        Map<String, String> environment = environment(settings);
        environment.put(Contestant.DJL_FOLDER, workFolder.resolve("djl").toString());
        environment.put("OPT_OUT_TRACKING", "true");
        return new Contestant(name, Family.PYTORCH, description, program, environment, ALL, missing);
    }

    private Contestant pytorch(
            String name, String variant, String description, Map<String, String> settings, @Nullable String missing) {
        return new Contestant(
                name,
                Family.PYTORCH,
                description,
                python(variant),
                environment(settings),
                ALL,
                missing == null ? missingPython() : missing);
    }

    private Contestant frozen() {
        return new Contestant(
                "pytorch-frozen-malloc",
                Family.PYTORCH,
                "PyTorch in Python, traced and optimised for inference: batch norms folded into the convolutions, which run"
                        + " in oneDNN's own layouts.",
                python("frozen"),
                environment(KEEP_MEMORY),
                INFERENCE_ONLY,
                missingPython());
    }

    private PythonProgram python(String variant) {
        return new PythonProgram(
                variant, python.toString(), workFolder.resolve("peer.py").toString());
    }

    private @Nullable String missingPython() {
        return Files.isExecutable(python)
                ? null
                : "there is no interpreter at " + python + ": install python3-torch, or name another with --python";
    }

    private static Map<String, String> jemalloc() {
        Map<String, String> settings = new TreeMap<>(Map.of("OMP_PROC_BIND", "true"));
        JEMALLOC.stream().filter(Files::exists).findFirst().ifPresent(path -> {
            settings.put("LD_PRELOAD", path.toString());
            // no memory is given back while the process runs
            settings.put("MALLOC_CONF", "thp:always,dirty_decay_ms:-1,muzzy_decay_ms:-1");
        });
        return settings;
    }

    private static @Nullable String missingJemalloc() {
        return JEMALLOC.stream().anyMatch(Files::exists)
                ? null
                : "libjemalloc.so.2 is not in " + JEMALLOC.get(0).getParent() + ": install libjemalloc2";
    }

    private Map<String, String> environment(Map<String, String> settings) {
        Map<String, String> environment = new TreeMap<>(settings);
        environment.put("OMP_NUM_THREADS", String.valueOf(threads));
        return environment;
    }

    private static String withoutDjl() {
        return ClassPath.withoutDjl(System.getProperty("java.class.path"));
    }

    /** The options that this JVM was started with, which are those of every command of the project. */
    private static List<String> ownOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-X") || option.startsWith("-D"))
                .toList();
    }
}
