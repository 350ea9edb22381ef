package io.residual.benchmark.rounds;

import io.residual.benchmark.djl.DjlWorker;
import io.residual.benchmark.dl4j.ExportWorker;
import io.residual.benchmark.dl4j.ResidualWorker;
import io.residual.benchmark.dl4j.StockWorker;
import io.residual.benchmark.limit.LimitWorker;
import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.onnx.OnnxWorker;
import io.residual.benchmark.pytorch.PyTorchWorker;
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
import java.util.Optional;
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
    private static final Set<Task> ALL = Set.of(Task.values());

    /**
     * All contestants, those that are known to be missing among them. They are measured in this order, in which the fastest
     * of each side are neighbours.
     */
    public List<Contestant> contestants() {
        String keepsMemory = "The same, with glibc set to keep its memory, in huge pages.";
        List<Contestant> all = new ArrayList<>();
        all.add(own("stock", Family.STOCK, Precision.F32, "The same configuration in stock DL4J.", StockWorker.class));
        all.add(djl("djl", "DJL's own blocks and trainer on PyTorch's library.", Map.of()));
        all.add(djl("djl-malloc", keepsMemory, KEEP_MEMORY));
        all.add(python("pytorch", "default", "PyTorch in Python, [N, C, H, W].", Map.of()));
        all.add(python("pytorch-last", "channels-last", "PyTorch in Python, channels last.", Map.of()));
        all.add(python("pytorch-last-malloc", "channels-last", keepsMemory, KEEP_MEMORY));
        all.add(python(
                        "pytorch-frozen-malloc",
                        "frozen",
                        "PyTorch in Python, channels last, traced and optimised for inference: batch norms folded into"
                                + " the convolutions, which run in oneDNN's own layouts.",
                        KEEP_MEMORY)
                .within(INFERENCE_ONLY));
        all.add(own(
                "residual",
                Family.RESIDUAL,
                Precision.F32,
                "This project with its oneDNN kernels: the steps of train, the inference of predict.",
                ResidualWorker.class));
        all.add(javaPyTorch("pytorch-java-malloc", "PyTorch in Java by JavaCPP, channels last.", Precision.F32));
        all.add(onnxRuntime("onnxruntime", "The network that export writes, in ONNX Runtime."));
        all.add(python(
                        "pytorch-bf16-malloc",
                        "channels-last",
                        "PyTorch in Python, channels last, autocast.",
                        KEEP_MEMORY)
                .in(Precision.BF16));
        all.add(python(
                        "pytorch-frozen-bf16-malloc",
                        "frozen",
                        "PyTorch in Python, channels last, traced with autocast and frozen.",
                        KEEP_MEMORY)
                .within(INFERENCE_ONLY)
                .in(Precision.BF16));
        all.add(own(
                "residual-bf16",
                Family.RESIDUAL,
                Precision.BF16,
                "This project with --precision bf16, in training and inference.",
                ResidualWorker.class));
        all.add(javaPyTorch(
                "pytorch-java-bf16-malloc", "PyTorch in Java by JavaCPP, channels last, autocast.", Precision.BF16));
        all.add(own(
                        "residual-int8",
                        Family.RESIDUAL,
                        Precision.INT8,
                        "This project with --precision int8.",
                        ResidualWorker.class)
                .within(INFERENCE_ONLY));
        all.add(onnxRuntime(
                        "onnxruntime-int8", "The network that export writes with --precision int8, in ONNX Runtime.")
                .in(Precision.INT8));
        return all;
    }

    /** The process that times bare primitives; it is started like a contestant. */
    public JavaProgram limit() {
        return own(LimitWorker.class);
    }

    /** The process that writes the network as an ONNX model; it is started like a contestant. */
    public JavaProgram export() {
        return own(ExportWorker.class);
    }

    /** Environment of this project's own processes. */
    public Map<String, String> ownEnvironment() {
        return environment(BOUND_THREADS);
    }

    private static JavaProgram own(Class<?> worker) {
        return new JavaProgram("default", worker.getName(), withoutDjl(CLASS_PATH), ownOptions());
    }

    private Contestant own(String name, Family family, Precision precision, String description, Class<?> worker) {
        return new Contestant(name, family, precision, description, own(worker), ownEnvironment(), ALL, null);
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
        return new Contestant(name, Family.PYTORCH, Precision.F32, description, program, environment, ALL, null);
    }

    private Contestant javaPyTorch(String name, String description, Precision precision) {
        Optional<String> libraries = PyTorchLibraries.classPath();
        JavaProgram program = new JavaProgram(
                "channels-last",
                PyTorchWorker.class.getName(),
                withoutDl4j(withoutDjl(CLASS_PATH))
                        + libraries.map(File.pathSeparator::concat).orElse(""),
                List.of("-Xmx2g"));
        return new Contestant(
                name,
                Family.PYTORCH,
                precision,
                description,
                program,
                environment(KEEP_MEMORY),
                ALL,
                libraries.isPresent() ? null : "its libraries are not there: build with -Pbenchmark");
    }

    private Contestant onnxRuntime(String name, String description) {
        JavaProgram program =
                new JavaProgram("default", OnnxWorker.class.getName(), withoutDjl(CLASS_PATH), List.of("-Xmx2g"));
        return new Contestant(
                name,
                Family.ONNX_RUNTIME,
                Precision.F32,
                description,
                program,
                environment(KEEP_MEMORY),
                INFERENCE_ONLY,
                null);
    }

    private Contestant python(String name, String variant, String description, Map<String, String> settings) {
        PythonProgram program = new PythonProgram(
                variant, python.toString(), workFolder.resolve("peer.py").toString());
        String missing = Files.isExecutable(python)
                ? null
                : "there is no interpreter at " + python + ": install python3-torch, or choose another interpreter";
        return new Contestant(
                name, Family.PYTORCH, Precision.F32, description, program, environment(settings), ALL, missing);
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
