package io.residual.evaluation.reproduce;

import io.residual.core.files.AtomicFile;
import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.RunData;
import io.residual.training.RunOptions;
import io.residual.training.SeedRuns;
import io.residual.training.console.CommandRunner;
import io.residual.training.console.ProjectVersion;
import io.residual.training.data.BatchOrder;
import io.residual.training.data.ImageBatches;
import io.residual.training.data.ImageSet;
import io.residual.training.data.Split;
import io.residual.training.data.StratifiedSplit;
import io.residual.training.fit.Inference;
import io.residual.training.fit.Score;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.Checkpoint;
import io.residual.training.run.EpochMetrics;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.RunModel;
import io.residual.training.spec.Preset;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code reproduce}. */
@Command(
        name = "reproduce",
        description = "Trains a preset with several seeds, and tells whether it reaches what is published of it on the"
                + " test images. Runs that are there already are taken, interrupted ones go on.",
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    private static final int BATCH = 256;

    @Parameters(paramLabel = "PRESET", description = "a built-in preset with a published result")
    private @Nullable String name;

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            description = "directory of the runs, seed-1, seed-2 and so on; runs/reproduce-PRESET if none is given")
    private @Nullable Path runs;

    @Option(
            names = "--kernels",
            paramLabel = "auto|onednn|stock",
            defaultValue = "auto",
            description = "what computes the network: oneDNN, Deeplearning4j's own kernels, or whichever works")
    private KernelChoice kernels = KernelChoice.AUTO;

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        CommandSpec parsed = Objects.requireNonNull(command);
        PrintWriter out = parsed.commandLine().getOut();
        Preset preset = Preset.named(Objects.requireNonNull(name));
        Band band = Band.of(preset);
        Path directory = runs == null ? Path.of("runs", "reproduce-" + preset.name()) : runs;
        ExitStatus trained = SeedRuns.execute(
                preset,
                RunOptions.of(kernels, Optional.of(directory)),
                band.seeds(),
                parsed.commandLine().getParseResult().originalArgs(),
                out);
        if (trained != ExitStatus.OK) {
            return trained.code();
        }
        List<Verdict.Judged> judged = LongStream.range(0, band.seeds())
                .mapToObj(i -> judge(preset.spec().seed() + i, directory))
                .toList();
        Verdict verdict = new Verdict(preset.name(), band, judged);
        out.print(verdict.toText());
        write(directory.resolve("verdict.txt"), verdict.toText());
        return (verdict.passes() ? ExitStatus.OK : ExitStatus.NOT_REPRODUCED).code();
    }

    private Verdict.Judged judge(long seed, Path directory) {
        RunDirectory run = RunDirectory.open(SeedRuns.runOf(directory, seed));
        ImageSet images = RunData.find(run, Optional.empty()).open(Split.TEST, StratifiedSplit.SEED);
        ImageBatches batches =
                new ImageBatches(images, BATCH, run.spec().data().input(), new BatchOrder.Sequential());
        float[][] probabilities =
                Inference.probabilities(RunModel.load(run, Checkpoint.LAST, kernels.resolve()), batches);
        Score score = Inference.score(probabilities, images);
        List<EpochMetrics> epochs = run.epochs();
        return new Verdict.Judged(
                seed,
                run.toString(),
                score.accuracy(),
                score.images(),
                epochs.size(),
                epochs.stream().mapToDouble(EpochMetrics::epochSeconds).sum());
    }

    private static void write(Path file, String text) {
        try {
            AtomicFile.write(file, text);
        } catch (IOException e) {
            throw new CommandException(
                    ExitStatus.RUN, file + ": cannot be written (" + e.getMessage() + "): is it writable?", e);
        }
    }
}
