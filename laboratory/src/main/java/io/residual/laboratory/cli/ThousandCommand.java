package io.residual.laboratory.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.laboratory.claims.ThousandLayers;
import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.reports.Laboratory;
import io.residual.laboratory.reports.Laboratory.Programme;
import io.residual.laboratory.reports.Laboratory.Work;
import io.residual.laboratory.reports.Report;
import io.residual.laboratory.reports.ReportFiles;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.KernelOption;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.config.DataChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code lab 1000}. */
@Command(
        name = "1000",
        description =
                "Trains ResNet-1202, its plain twin and the pre-activation ResNet-1001 for a few hundred steps of a few images,"
                        + " and tells which of them learn, and how much memory that took.",
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class ThousandCommand implements Callable<Integer> {
    private static final double BYTES_PER_GIBIBYTE = 1 << 30;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int KIBIBYTE = 1024;
    private static final int MULTIPLE = 10;

    @Option(
            names = "--depth",
            defaultValue = "1202",
            description = "of ResNet and plain twin, 6n + 2 (default: ${DEFAULT-VALUE})")
    private int depth;

    @Option(
            names = "--preactivation-depth",
            defaultValue = "1001",
            description = "of the pre-activation ResNet, 9n + 2 (default: ${DEFAULT-VALUE})")
    private int preActivationDepth;

    @Option(
            names = "--width",
            defaultValue = "16",
            description = "channels of the stem, 16 in the papers (default: ${DEFAULT-VALUE})")
    private int width;

    @Option(names = "--steps", defaultValue = "300", description = "a multiple of 10 (default: ${DEFAULT-VALUE})")
    private int steps;

    @Option(names = "--batch", defaultValue = "8", description = "images of a step (default: ${DEFAULT-VALUE})")
    private int batch;

    @Option(names = "--seeds", defaultValue = "3", description = "runs of each network (default: ${DEFAULT-VALUE})")
    private int seeds;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "runs/laboratory",
            description = "where results are kept and reports are written (default: ${DEFAULT-VALUE})")
    private Path directory = Path.of("runs", "laboratory");

    @Option(
            names = "--data",
            defaultValue = "auto",
            description = "images, as of reproduce (default: ${DEFAULT-VALUE})")
    private String data = "auto";

    @Mixin
    private KernelOption kernels = new KernelOption();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        if (!(steps >= MULTIPLE
                && steps % MULTIPLE == 0
                && batch >= 2
                && seeds >= 1
                && steps / MULTIPLE * batch >= 20)) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "--steps must be a multiple of 10, --batch at least 2, --seeds at least 1, and a tenth of the steps must have 20"
                            + " images, got " + steps + ", " + batch + " and " + seeds);
        }
        out.printf(
                Locale.ROOT,
                "Memory limits: %.1f GB for arrays, %.1f GB for the heap%n",
                Pointer.maxBytes() / BYTES_PER_GIBIBYTE,
                Runtime.getRuntime().maxMemory() / BYTES_PER_GIBIBYTE);
        String typed = String.format(
                Locale.ROOT,
                "./residual lab 1000 --depth %d --preactivation-depth %d --width %d --steps %d --batch %d --seeds %d",
                depth,
                preActivationDepth,
                width,
                steps,
                batch,
                seeds);
        Programme programme = new Programme(
                "A thousand layers",
                steps + " steps of " + batch + " images",
                Budget.FULL.limit(),
                List.of(new ThousandLayers(depth, preActivationDepth, width, steps, batch, seeds)),
                experiment -> typed);
        Optional<Report> report =
                new Laboratory(directory, DataChoice.of(data), kernels.choice()).conduct(programme, Work.TRAIN, out);
        if (report.isEmpty()) {
            out.println("Finished trainings are kept in " + directory + ". Go on with the same command.");
            return ExitStatus.INTERRUPTED.code();
        }
        out.print(ReportFiles.write(report.get(), directory, "thousand"));
        peak().ifPresent(bytes ->
                out.printf(Locale.ROOT, "Most memory of this process: %.2f GB%n", bytes / BYTES_PER_GIBIBYTE));
        out.println("Report: " + directory.resolve("thousand.html"));
        return ExitStatus.OK.code();
    }

    /** The most resident memory that this process had, in bytes, where the system tells. */
    private static Optional<Long> peak() {
        if (!Files.isReadable(STATUS)) {
            return Optional.empty();
        }
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
