package io.residual.benchmark.rounds;

import io.residual.benchmark.djl.DjlWorker;
import io.residual.benchmark.dl4j.Dl4jWorker;
import io.residual.benchmark.limit.LimitWorker;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Program.JavaProgram;
import io.residual.benchmark.rounds.Program.PythonProgram;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The programs that can be measured on this machine. Each gets as many threads as there are cores.
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

    private static final String CLASS_PATH = System.getProperty("java.class.path");
    private static final Map<String, String> BOUND_THREADS = Map.of("OMP_PROC_BIND", "true");
    private static final Set<Task> INFERENCE_ONLY = Set.of(Task.INFER, Task.CHECK);
    private static final Set<Task> TRAINING_ONLY = Set.of(Task.TRAIN);
    private static final Set<Task> ALL = Set.of(Task.values());

    /** All contestants, those that are known to be missing among them. */
    public List<Contestant> contestants() {
        List<Contestant> all = new ArrayList<>();
        all.add(dl4j("residual", Family.RESIDUAL, "This project with its oneDNN kernels.", "onednn", ALL));
        all.add(dl4j(
                "residual-bf16",
                Family.RESIDUAL,
                "The same with bf16 factors of convolutions, if the processor has such products.",
                "bf16",
                TRAINING_ONLY));
        all.add(dl4j(
                "residual-folded",
                Family.RESIDUAL,
                "Its form for inference: batch norms, additions and ReLUs folded into the convolutions.",
                "folded",
                INFERENCE_ONLY));
        all.add(dl4j("stock", Family.STOCK, "The same configuration in stock DL4J.", "stock", ALL));
        String keepsMemory = "The same, with glibc set to keep its memory, in huge pages.";
        all.add(djl("djl", "DJL's own blocks and trainer on PyTorch's library.", Map.of()));
        all.add(djl("djl-malloc", keepsMemory, KEEP_MEMORY));
        all.add(pytorch("pytorch", "default", "PyTorch in Python, [N, C, H, W].", ALL, Map.of()));
        all.add(pytorch("pytorch-last", "channels-last", "PyTorch in Python, channels last.", ALL, Map.of()));
        all.add(pytorch("pytorch-last-malloc", "channels-last", keepsMemory, ALL, KEEP_MEMORY));
        all.add(pytorch(
                "pytorch-frozen-malloc",
                "frozen",
                "PyTorch in Python, traced and optimised for inference: batch norms folded into the convolutions, which run"
                        + " in oneDNN's own layouts.",
                INFERENCE_ONLY,
                KEEP_MEMORY));
        return all;
    }

    /** The process that times bare primitives; it is started like a contestant. */
    public JavaProgram limit() {
        return new JavaProgram("limit", LimitWorker.class.getName(), withoutDjl(CLASS_PATH), ownOptions());
    }

    /** Environment of the process that times bare primitives. */
    public Map<String, String> limitEnvironment() {
        return environment(BOUND_THREADS);
    }

    private Contestant dl4j(String name, Family family, String description, String variant, Set<Task> tasks) {
        JavaProgram program =
                new JavaProgram(variant, Dl4jWorker.class.getName(), withoutDjl(CLASS_PATH), ownOptions());
        return new Contestant(name, family, description, program, environment(BOUND_THREADS), tasks, null);
    }

    private Contestant djl(String name, String description, Map<String, String> settings) {
        JavaProgram program = new JavaProgram(
                "default",
                DjlWorker.class.getName(),
                withoutDl4j(CLASS_PATH),
                List.of("-Xmx2g", "-Dai.djl.offline=true"));
        Map<String, String> environment = environment(settings);
        environment.put(Contestant.DJL_FOLDER, workFolder.resolve("djl").toString());
        environment.put("OPT_OUT_TRACKING", "true");
        return new Contestant(name, Family.PYTORCH, description, program, environment, ALL, null);
    }

    private Contestant pytorch(
            String name, String variant, String description, Set<Task> tasks, Map<String, String> settings) {
        PythonProgram program = new PythonProgram(
                variant, python.toString(), workFolder.resolve("peer.py").toString());
        String missing = Files.isExecutable(python)
                ? null
                : "there is no interpreter at " + python + ": install python3-torch, or choose another interpreter";
        return new Contestant(name, Family.PYTORCH, description, program, environment(settings), tasks, missing);
    }

    private Map<String, String> environment(Map<String, String> settings) {
        Map<String, String> environment = new TreeMap<>(settings);
        environment.put("OMP_NUM_THREADS", String.valueOf(threads));
        return environment;
    }

    /** The entries without DJL's libraries, which never share a process with DL4J. */
    static String withoutDjl(String classPath) {
        return without(List.of("ai/djl"), classPath);
    }

    /** The entries without DL4J, ND4J, DataVec and the libraries they bring for JavaCPP. */
    static String withoutDl4j(String classPath) {
        return without(List.of("org/deeplearning4j", "org/nd4j", "org/datavec", "org/bytedeco"), classPath);
    }

    /** Libraries are recognised by the group in the path of the Maven repository. */
    private static String without(List<String> groups, String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> groups.stream()
                        .noneMatch(
                                group -> entry.replace(File.separatorChar, '/').contains("/" + group + "/")))
                .map(entry -> Path.of(entry).toAbsolutePath().toString()) // a child has a working folder of its own
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The options that this JVM was started with, which are those of every command of the project. */
    private static List<String> ownOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-X") || option.startsWith("-D"))
                .toList();
    }
}
