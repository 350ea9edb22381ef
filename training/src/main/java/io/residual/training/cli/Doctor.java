package io.residual.training.cli;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.data.LastBatch;
import io.residual.data.augment.Augmenter;
import io.residual.data.download.DataPlaces;
import io.residual.data.download.DownloadProgress;
import io.residual.data.download.FashionMnistSearch;
import io.residual.data.idx.IdxSource;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.run.Backend;
import io.residual.training.run.Versions;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code doctor}: what this machine offers to a training run. */
@Command(
        name = "doctor",
        description = "Shows Java, backend, threads, memory limits and data, and measures the speed of training.",
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Doctor implements Callable<Integer> {
    private static final int BATCH = 64;
    private static final long WARM_UP_SECONDS = 5;
    private static final int FEWEST_STEPS = 5;
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
        line(out, "Data", data());
        line(out, "Speed", speed(kernels));
        return ExitStatus.OK.code();
    }

    private static void line(PrintWriter out, String what, String value) {
        out.printf(Locale.ROOT, "%-9s %s%n", what, value);
        out.flush();
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }

    private static long physicalMemory() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getTotalMemorySize();
    }

    /** Looks without fetching: a doctor downloads nothing. */
    private static String data() {
        DataPlaces here = DataPlaces.of(System.getenv(), Path.of(System.getProperty("user.home")));
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
        ImageSet images = IdxSource.sample().wholeTraining();
        ResNetSpec spec = ResNetSpec.resNet(18, Flavour.BOOK)
                .withInput(new ImageShape(images.channels(), images.height(), images.width()));
        ComputationGraph graph = Network.initial(spec, 0.05, 1, kernels).graph();
        ImageBatches batches = new ImageBatches(
                images,
                BATCH,
                InputForm.of(new ImageSize(images.height(), images.width())),
                new BatchOrder.Shuffled(1),
                LastBatch.DROP,
                Augmenter.NONE);
        steps(graph, batches, 1, WARM_UP_SECONDS);
        double[] seconds = steps(graph, batches, FEWEST_STEPS, TIMED_SECONDS);
        Arrays.sort(seconds);
        return String.format(
                Locale.ROOT,
                "trains the book's ResNet-18 at 28 pixels, batch %d, at %.0f images/s (median of %d steps)",
                BATCH,
                BATCH / seconds[seconds.length / 2],
                seconds.length);
    }

    /** Seconds of each step, for at least so many steps and about so long. */
    private static double[] steps(ComputationGraph graph, ImageBatches batches, int fewest, long forSeconds) {
        List<Double> seconds = new ArrayList<>();
        double sum = 0;
        while (seconds.size() < fewest || sum < forSeconds) {
            if (!batches.hasNext()) {
                batches.reset();
            }
            DataSet batch = batches.next();
            long start = System.nanoTime();
            graph.fit(batch);
            double step = (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
            seconds.add(step);
            sum += step;
        }
        return seconds.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
