package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.forecast.DryRun;
import io.residual.training.forecast.Forecast;
import io.residual.training.forecast.MemoryProbe;
import io.residual.training.forecast.ProcessMemory;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of {@code train} about what a training will take. */
final class ForecastOptions {
    static final String BATCH_SIZE = "--batch-size";

    private static final String AUTO = "auto";
    private static final double GIGA = 1e9;
    private static final double MAX_GIGABYTES = 1e6;
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;

    @Option(
            names = "--dry-run",
            description = "only train some steps, and print the memory, time and disk that the training will take"
                    + " (default: train)")
    private boolean dryRun;

    @Option(
            names = "--memory",
            paramLabel = "GIGABYTES",
            description =
                    "memory that the training may take: one that needs more is refused, and --batch-size auto takes"
                            + " the largest batch that fits (default: what is available)")
    private @Nullable Double memory;

    boolean isDryRun() {
        return dryRun;
    }

    /** Whether the largest batch that fits is asked for. */
    static boolean findsBatchSize(CommandSpec parsed) {
        return AUTO.equals(parsed.commandLine().getParseResult().matchedOptionValue(BATCH_SIZE, ""));
    }

    /**
     * The preset that the command line asks for. If it asks for the largest batch, that of the run to be resumed, or for now
     * the preset's own.
     */
    static Preset preset(CommandSpec parsed, String defaultPreset, @Nullable Path run) {
        if (!findsBatchSize(parsed)) {
            return SettingOptions.preset(parsed, defaultPreset);
        }
        TrainingSpec own = run != null && RunDirectory.isStarted(run)
                ? RunDirectory.open(run).spec()
                : Preset.resolve(SettingOptions.presetName(parsed, defaultPreset), Map.of())
                        .spec();
        return SettingOptions.preset(
                parsed,
                defaultPreset,
                Map.of("batchSize", String.valueOf(own.optimisation().batchSize())));
    }

    /** What the training may take; empty if the user says nothing and the system neither. */
    OptionalLong limit() {
        if (memory == null) {
            return ProcessMemory.available();
        }
        if (!(memory > 0 && memory <= MAX_GIGABYTES)) {
            throw new ResidualException(Kind.BAD_SETTING, "--memory: expected gigabytes above 0, got " + memory);
        }
        return OptionalLong.of(Math.round(memory * GIGA));
    }

    /**
     * A spec with the largest batch size that fits; prints it, and how the learning rate should follow.
     *
     * @throws ResidualException of kind OUT_OF_MEMORY if none does
     */
    TrainingSpec largestBatch(TrainingSpec spec, RunDatasets data, ComputeKernels kernels, PrintWriter out) {
        int batch = new MemoryProbe(spec, data, kernels).largest(limit().orElse(Long.MAX_VALUE));
        out.println(advice(spec.optimisation(), batch));
        out.flush();
        return spec.withBatchSize(batch);
    }

    /** How the learning rate follows the batch size. */
    static String advice(OptimisationSpec spec, int batch) {
        double factor = (double) batch / spec.batchSize();
        boolean adaptive = spec.update().optimiser().isAdaptive();
        double rate = spec.learningRate() * (adaptive ? Math.sqrt(factor) : factor);
        String size = String.format(Locale.ROOT, "Batch size: %,d, the largest that fits.", batch);
        if (batch == spec.batchSize()) {
            return size;
        }
        return size
                + String.format(
                        Locale.ROOT,
                        " The learning rate stays %.3g, which is for batches of %,d; try --learning-rate %.2g (%s)",
                        spec.learningRate(),
                        spec.batchSize(),
                        rate,
                        adaptive
                                ? "square root scaling, Malladi et al. 2022"
                                : "linear scaling, Goyal et al. 2017, with --warmup-epochs if it is much larger");
    }

    /**
     * Refuses a training that does not fit.
     *
     * @throws ResidualException of kind OUT_OF_MEMORY that names the batch size that would
     */
    void requireFits(TrainingSpec spec, RunDatasets data, ComputeKernels kernels) {
        limit().ifPresent(bytes -> new MemoryProbe(spec, data, kernels).requireFits(bytes));
    }

    /** Measures, and prints the forecast. */
    void print(TrainingSpec spec, RunDatasets data, ComputeKernels kernels, Path run, PrintWriter out) {
        Path folder = run.toAbsolutePath();
        while (!Files.isDirectory(folder) && folder.getParent() != null) {
            folder = folder.getParent();
        }
        out.println(text(spec.optimisation(), DryRun.measure(spec, data, kernels, folder), limit()));
    }

    private static String text(OptimisationSpec spec, Forecast forecast, OptionalLong limit) {
        String available =
                limit.isEmpty() ? "" : String.format(Locale.ROOT, ", of %.1f GB available", limit.getAsLong() / GIGA);
        return String.format(
                Locale.ROOT,
                "Memory  %s%nTime    %s per epoch (%s to %s, as the measured steps vary), %,.0f images/s; %s for %d"
                        + " epoch%s%nDisk    %,.0f MB",
                forecast.peakBytes().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                "%.2f GB at most%s",
                                forecast.peakBytes().getAsLong() / GIGA,
                                available)
                        : "n/a: this system does not say what a process takes",
                time(forecast.epochSeconds()),
                time(forecast.fastEpochSeconds()),
                time(forecast.slowEpochSeconds()),
                forecast.imagesPerSecond(),
                time(forecast.totalSeconds()),
                spec.epochs(),
                spec.epochs() == 1 ? "" : "s",
                Math.ceil(forecast.diskBytes() / 1e6));
    }

    /** With three digits or so: {@code 1.25 s}, {@code 47 s}, {@code 12.5 min}, {@code 3.4 h}. */
    static String time(double seconds) {
        if (seconds < 2 * MINUTE) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.2f s" : "%.1f s", seconds);
        }
        return seconds < 2 * HOUR
                ? String.format(Locale.ROOT, "%.1f min", seconds / MINUTE)
                : String.format(Locale.ROOT, "%.1f h", seconds / HOUR);
    }
}
