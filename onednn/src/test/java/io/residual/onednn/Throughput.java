package io.residual.onednn;

import io.residual.onednn.kernels.Kernel;
import io.residual.onednn.kernels.Precision;
import io.residual.onednn.kernels.PrimitiveCache;
import io.residual.onednn.layers.ResNets;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Images a second that a residual network takes, on random images. Not a test: run it on a quiet machine.
 *
 * <p>Arguments: {@code [stock|onednn|bf16] [train|output|infer] [pixels] [batch] [rounds] [steps a round]
 * [resnet18|resnet20]}: ResNet-18 of width 64, or ResNet-20 of width 16 with shortcuts that have no parameters.
 */
final class Throughput {
    private Throughput() {}

    public static void main(String[] args) throws ProgramReader.UnsupportedNetworkException {
        var words = new ArrayList<>(List.of("onednn", "train", "28", "256", "3", "5", "resnet18"));
        for (int i = 0; i < args.length; i++) {
            words.set(i, args[i]);
        }
        int pixels = Integer.parseInt(words.get(2));
        int batch = Integer.parseInt(words.get(3));
        int rounds = Integer.parseInt(words.get(4));
        int steps = Integer.parseInt(words.get(5));

        var graph = new ComputationGraph(configuration(words.get(0), network(words.get(6), pixels)));
        graph.init();
        var images = Nd4j.rand(batch, 1, pixels, pixels);
        var labels = Nd4j.zeros(batch, 10);
        for (int i = 0; i < batch; i++) {
            labels.putScalar(i, i % 10, 1);
        }
        Runnable step = switch (words.get(1)) {
            case "train" -> training(graph, images, labels);
            case "output" -> () -> graph.output(false, images);
            case "infer" ->
                inference(
                        ProgramReader.read(
                                network(words.get(6), pixels),
                                InputType.convolutional(pixels, pixels, 1),
                                norm -> false),
                        graph,
                        images);
            default -> throw new IllegalArgumentException(words.get(1) + ": one of train, output, infer");
        };
        for (int i = 0; i < 3; i++) {
            step.run();
        }
        var profile = Boolean.getBoolean("profile") ? Profile.ofThisThread() : null;
        var rates = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            long startCpu = cpuNanos();
            for (int i = 0; i < steps; i++) {
                step.run();
            }
            rates[round] = batch * steps / ((System.nanoTime() - start) / 1e9);
            double cpu = (cpuNanos() - startCpu) / 1e6 / steps;
            System.out.printf(
                    Locale.ROOT,
                    "%s: %.1f images/s, %.1f ms of this thread's CPU a step%n",
                    String.join(" ", words),
                    rates[round],
                    cpu);
        }
        if (profile != null) {
            profile.print();
        }
        Arrays.sort(rates);
        System.out.printf(Locale.ROOT, "median %.1f images/s, score %.4f%n", rates[rounds / 2], graph.score());
    }

    private static ComputationGraphConfiguration network(String name, int pixels) {
        return switch (name) {
            case "resnet18" -> ResNets.of(pixels, 1, new Sgd(0.05), 64, 128, 256, 512);
            case "resnet20" -> ResNets.small(pixels, 1, new Sgd(0.05), 3, 16, 32, 64);
            default -> throw new IllegalArgumentException(name + ": one of resnet18, resnet20");
        };
    }

    private static ComputationGraphConfiguration configuration(String kernels, ComputationGraphConfiguration stock) {
        return switch (kernels) {
            case "stock" -> stock;
            case "onednn" -> OneDnn.accelerate(stock);
            case "bf16" -> OneDnn.accelerate(stock, normalization -> false, Precision.BF16);
            default -> throw new IllegalArgumentException(kernels + ": one of stock, onednn, bf16");
        };
    }

    /** More reliable than the clock while other processes use the machine; run with OMP_NUM_THREADS=1 then. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static Runnable inference(Program program, ComputationGraph graph, INDArray images) {
        var folded = OneDnn.inference(program, graph);
        return () -> folded.output(images);
    }

    private static Runnable training(ComputationGraph graph, INDArray images, INDArray labels) {
        var data = new DataSet(images, labels);
        return () -> graph.fit(data);
    }

    /** Where a thread is, asked every few milliseconds. */
    private static final class Profile {
        private final Map<String, Integer> counts = new TreeMap<>();
        private volatile boolean stopped;

        private Profile() {}

        static Profile ofThisThread() {
            var profile = new Profile();
            var watched = Thread.currentThread();
            var sampler = new Thread(() -> profile.watch(watched), "profile");
            sampler.setDaemon(true);
            sampler.start();
            return profile;
        }

        private void watch(Thread watched) {
            while (!stopped) {
                try {
                    Thread.sleep(3);
                } catch (InterruptedException e) {
                    return;
                }
                var where = where(watched.getStackTrace());
                synchronized (counts) {
                    counts.merge(where, 1, Integer::sum);
                }
            }
        }

        /** The method of this module that runs a kernel, and for which vertex; else the innermost method of Deeplearning4j. */
        private static String where(StackTraceElement[] stack) {
            String library = "";
            for (var frame : stack) {
                var name = frame.getClassName();
                var method = name.substring(name.lastIndexOf('.') + 1) + '.' + frame.getMethodName();
                if (name.equals(Kernel.class.getName()) || name.equals(PrimitiveCache.class.getName())) {
                    continue;
                }
                if (name.startsWith("io.residual.onednn")) {
                    return name.endsWith("Kernels") ? method : method + " < " + library;
                }
                if (name.startsWith("org.deeplearning4j") && !library.contains("deeplearning4j")) {
                    library = "deeplearning4j " + method;
                } else if (library.isEmpty()) {
                    library = method;
                }
            }
            return library;
        }

        void print() {
            stopped = true;
            synchronized (counts) {
                double all =
                        counts.values().stream().mapToInt(Integer::intValue).sum();
                counts.entrySet().stream()
                        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                        .limit(25)
                        .forEach(entry -> System.out.printf(
                                Locale.ROOT, "%5.1f %%  %s%n", 100 * entry.getValue() / all, entry.getKey()));
            }
        }
    }
}
