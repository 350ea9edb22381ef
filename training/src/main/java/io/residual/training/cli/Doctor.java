package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.data.Batch;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.download.DataPlaces;
import io.residual.data.download.DownloadProgress;
import io.residual.data.download.FashionMnistSearch;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.optim.LabelWeights;
import io.residual.training.run.Backend;
import io.residual.training.run.DataSources;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.Versions;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code doctor}: what this machine offers to a training run. */
@Command(
        name = "doctor",
        description = "Shows Java, backend, threads, memory limits, GPUs and data, and measures the speed of training.",
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Doctor implements Callable<Integer> {
    private static final int BATCH = 64;
    private static final long WARM_UP_SECONDS = 5;
    private static final int MIN_STEPS = 5;
    private static final long TIMED_SECONDS = 5;

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Doctor(), args));
    }

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        Backend.require();
        ComputeKernels kernels = KernelChoice.AUTO.resolve();
        Versions versions = Versions.current();
        Backend backend = Backend.current(kernels.describe());
        line(out, "Residual", versions.residual() + ", DL4J " + versions.deeplearning4j());
        line(
                out,
                "Java",
                versions.java() + ", heap of at most "
                        + gigabytes(Runtime.getRuntime().maxMemory()));
        line(
                out,
                "System",
                versions.os() + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
                        + gigabytes(physicalMemory()) + " of memory");
        line(out, "Backend", backend.name() + ", " + backend.threads() + " threads");
        line(out, "Kernels", backend.kernels());
        GpuLines.forEach(gpu -> line(out, "GPU", gpu));
        line(out, "Data", data());
        line(out, "Speed", speed(kernels));
        return ExitStatus.OK.code();
    }

    private static void line(PrintWriter out, String what, String value) {
        out.printf(Locale.ROOT, "%-9s %s%n", what, value);
        out.flush();
    }

    static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }

    private static long physicalMemory() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getTotalMemorySize();
    }

    /** Looks without a download. */
    private static String data() {
        DataPlaces here = DataPlaces.ofThisProcess();
        DataPlaces offline = new DataPlaces(here.cache(), here.installed(), List.of(), here.limits());
        try {
            return "Fashion-MNIST in "
                    + new FashionMnistSearch(offline, DownloadProgress.on(System.err))
                            .run()
                            .origin()
                            .describe();
        } catch (ResidualException e) {
            return "Fashion-MNIST is neither in " + here.cache() + " nor in " + here.installed()
                    + ": the first run that needs it downloads 31 MB; --data sample works at once";
        }
    }

    private static String speed(ComputeKernels kernels) {
        TrainingSpec spec = Preset.resolve(
                        "book-96", Map.of("data", "sample", "imageSize", "28", "batchSize", Integer.toString(BATCH)))
                .spec();
        ImageSet images = DataSources.find(spec.data()).wholeTraining();
        int classes = images.classNames().size();
        ImageBatches batches = TrainingLoop.batches(spec, images);
        GraphExecutor executor = new GraphExecutor(
                ModelFiles.initial(spec, spec.resNet(images.channels(), classes), kernels),
                spec,
                LabelWeights.equal(classes),
                batches.batches());
        steps(executor, batches, 1, WARM_UP_SECONDS);
        double[] seconds = steps(executor, batches, MIN_STEPS, TIMED_SECONDS);
        Arrays.sort(seconds);
        return String.format(
                Locale.ROOT,
                "trains the book's ResNet-18 at 28 pixels, batch %d, at %.0f images/s (median of %d steps)",
                BATCH,
                BATCH / seconds[seconds.length / 2],
                seconds.length);
    }

    /** Seconds of each step, for at least so many steps and about so long. */
    private static double[] steps(GraphExecutor executor, ImageBatches batches, int minSteps, long forSeconds) {
        List<Double> seconds = new ArrayList<>();
        double sum = 0;
        while (seconds.size() < minSteps || sum < forSeconds) {
            if (!batches.hasNext()) {
                batches.epoch(0);
            }
            try (Batch batch = batches.next()) {
                if (batch.size() < BATCH) {
                    continue;
                }
                long start = System.nanoTime();
                executor.step(batch, 0, seconds.size());
                double step = (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
                seconds.add(step);
                sum += step;
            }
        }
        return seconds.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
