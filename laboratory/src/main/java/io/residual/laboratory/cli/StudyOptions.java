package io.residual.laboratory.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.laboratory.experiments.training.EtaPrinter;
import io.residual.laboratory.experiments.training.StudyFiles;
import io.residual.training.cli.KernelOption;
import io.residual.training.cli.OutputFile;
import io.residual.training.cli.Progress;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.Backend;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of commands that look into networks, either trained by the command or saved by runs. */
public final class StudyOptions {
    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "study the saved networks of this run instead of training; may be given several times"
                    + " (default: train)")
    private List<Path> runs = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "directory of the page and the numbers (default: lab/${COMMAND-NAME})")
    private @Nullable Path out;

    @Mixin
    private KernelOption kernels = new KernelOption();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    CommandSpec command() {
        if (command == null) {
            throw new IllegalStateException("not parsed yet");
        }
        return command;
    }

    /** The command line that was typed. */
    String typed() {
        return "./residual lab "
                + String.join(" ", command().commandLine().getParseResult().originalArgs());
    }

    boolean ofRuns() {
        return !runs.isEmpty();
    }

    List<RunDirectory> runs() {
        return runs.stream().map(RunDirectory::open).toList();
    }

    KernelChoice kernelChoice() {
        return kernels.choice();
    }

    EtaPrinter progress(double work) {
        return new EtaPrinter(command().commandLine().getOut(), System::nanoTime, work);
    }

    /** @throws ResidualException of kind BAD_SETTING if one of these options is given together with a run */
    void requireWithoutRun(String has, List<String> options) {
        for (String option : options) {
            require(
                    !ofRuns() || !command().commandLine().getParseResult().hasMatchedOption(option),
                    option + ": give it without --run: a run has " + has + " already");
        }
    }

    static void requireAtLeast(String option, int min, int value) {
        require(value >= min, option + ": must be at least " + min + ", got " + value);
    }

    static void require(boolean usable, String error) {
        if (!usable) {
            throw new ResidualException(Kind.BAD_SETTING, error);
        }
    }

    /** Studies the networks, writes the files, and names them. */
    void run(Consumer<StudyFiles> study, String page, String numbers) {
        Backend.require();
        Path directory = out == null ? Path.of("lab", command().name()) : out;
        OutputFile.requireWritableDirectory(directory, "give another one by --out");
        StudyFiles files = new StudyFiles(directory);
        long start = System.nanoTime();
        study.accept(files);
        PrintWriter console = command().commandLine().getOut();
        console.printf(Locale.ROOT, "Finished in %s.%n", Progress.duration((System.nanoTime() - start) / 1e9));
        console.println("Page: " + files.file(page));
        console.println("Numbers: " + files.file(numbers) + " and the .csv files next to it");
    }
}
