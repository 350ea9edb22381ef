package io.residual.laboratory.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.laboratory.reports.Laboratory;
import io.residual.laboratory.reports.Laboratory.ExperimentPlan;
import io.residual.laboratory.reports.Laboratory.Work;
import io.residual.laboratory.reports.Report;
import io.residual.laboratory.reports.ReportFiles;
import io.residual.training.cli.DataOption;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.KernelOption;
import io.residual.training.network.KernelChoice;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands that run experiments and write a report. */
public class ReportOptions {
    private static final String DIRECTORY = "runs/laboratory";

    @Option(
            names = "--data",
            paramLabel = "auto|sample|DIR",
            defaultValue = "auto",
            description =
                    "images of the experiments: Fashion-MNIST from wherever it is found, the embedded sample, or a"
                            + " folder of IDX files (default: ${DEFAULT-VALUE})")
    private String data = "auto";

    @Mixin
    private KernelOption kernels = new KernelOption();

    @ArgGroup(validate = false, heading = "%nReport:%n")
    private Output output = new Output();

    private static final class Output {
        @Option(
                names = "--dir",
                paramLabel = "DIR",
                defaultValue = DIRECTORY,
                description = "directory of stored results and reports (default: ${DEFAULT-VALUE})")
        private Path directory = Path.of(DIRECTORY);

        @Option(
                names = "--report-only",
                description = "train nothing: evaluate and draw the stored results (default: train what is missing)")
        private boolean reportOnly;

        @Option(
                names = "--document",
                paramLabel = "FILE.md",
                description = "also write the Markdown report to this file, its charts to a folder next to it"
                        + " (default: none)")
        private @Nullable Path document;
    }

    /** The kernels to run the networks on. */
    public KernelChoice kernels() {
        return kernels.choice();
    }

    /** The options that a command needs to produce the same numbers again. */
    public String asTyped() {
        return (output.directory.equals(Path.of(DIRECTORY)) ? "" : " --dir " + output.directory)
                + (data.equals("auto") ? "" : " --data " + data);
    }

    /**
     * Runs experiments and writes their report.
     *
     * @param name of the report's files
     * @return OK whatever the verdicts are, INTERRUPTED if a signal ended it
     */
    public ExitStatus run(ExperimentPlan plan, String name, PrintWriter out) {
        Path directory = output.directory;
        Path document = output.document;
        if (document != null && !document.toString().endsWith(".md")) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "--document: expected a file that ends in .md, got " + document);
        }
        Optional<Report> report = new Laboratory(directory, DataOption.choice(data), kernels())
                .run(plan, output.reportOnly ? Work.REPORT_ONLY : Work.TRAIN, out);
        if (report.isEmpty()) {
            out.println("Finished trainings are saved in " + directory + ". Resume with the same command.");
            return ExitStatus.INTERRUPTED;
        }
        out.print(ReportFiles.write(report.get(), directory, name));
        out.println("Report: " + directory.resolve(name + ".html"));
        if (document != null) {
            ReportFiles.writeDocument(report.get(), document);
        }
        return ExitStatus.OK;
    }
}
