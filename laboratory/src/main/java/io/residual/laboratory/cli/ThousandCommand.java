package io.residual.laboratory.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.laboratory.claims.ThousandLayers;
import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.reports.Laboratory.Chapter;
import io.residual.laboratory.reports.Laboratory.ExperimentPlan;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.ProjectVersion;
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
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code lab 1000}. */
@Command(
        name = "1000",
        description =
                "Trains ResNet-1202, its plain twin and the pre-activation ResNet-1001 for a few hundred steps of a"
                        + " few images, and shows which of them learn, and how much memory that took.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        versionProvider = ProjectVersion.class)
public final class ThousandCommand implements Callable<Integer> {
    private static final double BYTES_PER_GIBIBYTE = 1 << 30;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int KIBIBYTE = 1024;
    private static final int MULTIPLE = 10;

    @ArgGroup(validate = false, heading = "%nNetworks:%n")
    private Networks networks = new Networks();

    @Option(
            names = "--steps",
            paramLabel = "STEPS",
            defaultValue = "300",
            description = "steps of training, a multiple of 10 (default: ${DEFAULT-VALUE})")
    private int steps;

    @Option(
            names = "--batch",
            paramLabel = "IMAGES",
            defaultValue = "8",
            description = "images per step (default: ${DEFAULT-VALUE})")
    private int batch;

    @Option(
            names = "--seeds",
            paramLabel = "SEEDS",
            defaultValue = "3",
            description = "seeds of each network (default: ${DEFAULT-VALUE})")
    private int seeds;

    @Mixin
    private ReportOptions reporting = new ReportOptions();

    private static final class Networks {
        @Option(
                names = "--depth",
                paramLabel = "DEPTH",
                defaultValue = "1202",
                description = "weighted layers of the ResNet and its plain twin, 6n + 2 (default: ${DEFAULT-VALUE})")
        private int depth;

        @Option(
                names = "--preactivation-depth",
                paramLabel = "DEPTH",
                defaultValue = "1001",
                description = "weighted layers of the pre-activation ResNet, 9n + 2 (default: ${DEFAULT-VALUE})")
        private int preActivationDepth;

        @Option(
                names = "--width",
                paramLabel = "CHANNELS",
                defaultValue = "16",
                description = "channels of the stem, 16 in the papers (default: ${DEFAULT-VALUE})")
        private int width;
    }

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
                    "--steps must be a multiple of 10, --batch at least 2, --seeds at least 1, and a tenth of the"
                            + " steps must have 20 images, got " + steps + ", " + batch + " and " + seeds);
        }
        out.printf(
                Locale.ROOT,
                "Memory limits: %.1f GB for arrays, %.1f GB for the heap%n",
                Pointer.maxBytes() / BYTES_PER_GIBIBYTE,
                Runtime.getRuntime().maxMemory() / BYTES_PER_GIBIBYTE);
        String typed = String.format(
                Locale.ROOT,
                "./residual lab 1000 --depth %d --preactivation-depth %d --width %d --steps %d --batch %d --seeds %d%s",
                networks.depth,
                networks.preActivationDepth,
                networks.width,
                steps,
                batch,
                seeds,
                reporting.asTyped());
        ExperimentPlan plan = new ExperimentPlan(
                "A thousand layers",
                steps + " steps of " + batch + " images",
                Budget.FULL.limit(),
                List.of(Chapter.ofClaim(
                        new ThousandLayers(
                                networks.depth, networks.preActivationDepth, networks.width, steps, batch, seeds),
                        typed)),
                List.of());
        ExitStatus status = reporting.run(plan, "thousand", out);
        peak().ifPresent(bytes ->
                out.printf(Locale.ROOT, "Peak memory of this process: %.2f GB%n", bytes / BYTES_PER_GIBIBYTE));
        return status.code();
    }

    /** Peak resident memory of this process in bytes, if the system reports it. */
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
