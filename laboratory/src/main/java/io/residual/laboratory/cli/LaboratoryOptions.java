package io.residual.laboratory.cli;

import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.reports.Laboratory;
import io.residual.laboratory.reports.Laboratory.Work;
import io.residual.training.config.DataChoice;
import io.residual.training.network.KernelChoice;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that do experiments. */
public final class LaboratoryOptions {
    private static final Path DIRECTORY = Path.of("runs", "laboratory");

    @Option(
            names = "--budget",
            paramLabel = "minutes|hours|full",
            defaultValue = "minutes",
            description = "how many images, epochs and seeds experiments have")
    private Budget budget = Budget.MINUTES;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "where results are kept and reports are written; runs/laboratory if none is given")
    private @Nullable Path directory;

    @Option(
            names = "--data",
            paramLabel = "auto|sample|DIR",
            defaultValue = "auto",
            description =
                    "images of the experiments: Fashion-MNIST from wherever it is found, the embedded sample, or a"
                            + " folder of IDX files")
    private String data = "auto";

    @Option(names = "--report-only", description = "train nothing: judge and draw the results that are there")
    private boolean reportOnly;

    @Option(
            names = "--document",
            paramLabel = "FILE.md",
            description = "write the Markdown report there too, its pictures in a folder beside it")
    private @Nullable Path document;

    public Budget budget() {
        return budget;
    }

    /** Where results are kept. */
    public Path directory() {
        return directory == null ? DIRECTORY : directory;
    }

    /** The options that a command needs to make the same figures anew. */
    public String asTyped() {
        return " --budget " + budget + (directory == null ? "" : " --dir " + directory)
                + (data.equals("auto") ? "" : " --data " + data);
    }

    public Laboratory laboratory(KernelChoice kernels) {
        return new Laboratory(directory(), DataChoice.of(data), kernels);
    }

    public Work work() {
        return reportOnly ? Work.REPORT_ONLY : Work.TRAIN;
    }

    /** A further place of the Markdown report. */
    public Optional<Path> document() {
        return Optional.ofNullable(document);
    }
}
