package io.residual.laboratory.reproduce;

import io.residual.core.MultiplyAdds;
import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.laboratory.reproduce.PresetVerdict.EvaluatedRun;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Band;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.training.SeedRuns;
import io.residual.training.cli.Interruption;
import io.residual.training.cli.OutputFile;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.DataSources;
import io.residual.training.run.MeanInterval;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

/**
 * The presets that reach test accuracies, each with several seeds, and how long their commands take.
 *
 * @param directory of all runs and of the results
 */
record Ladder(List<Goal> goals, Path directory, KernelChoice kernels) {
    /** What the names of its presets start with. */
    private static final String PREFIX = "ladder-";

    /** A preset and what it is to reach. */
    record Goal(Preset preset, ExpectedAccuracy band) {}

    /**
     * A preset's runs, timed as commands.
     *
     * @param images that a run is trained on, each as often as it is seen
     * @param operations floating-point operations of a run's training
     */
    record Rung(PresetVerdict verdict, long images, double operations) {
        String row() {
            MeanInterval interval = verdict.interval().orElse(null);
            return String.format(
                    Locale.ROOT,
                    "| %.4g | `%s` | %d | %.1f (%.1f to %.1f) | %,d | %.3g | %.4f%s | %s |%n",
                    verdict.band().min(),
                    verdict.preset(),
                    verdict.runs().size(),
                    verdict.seconds(),
                    verdict.runs().stream()
                            .mapToDouble(EvaluatedRun::seconds)
                            .min()
                            .orElseThrow(),
                    verdict.runs().stream()
                            .mapToDouble(EvaluatedRun::seconds)
                            .max()
                            .orElseThrow(),
                    images,
                    operations * 1e-12,
                    verdict.mean(),
                    interval == null
                            ? ""
                            : String.format(Locale.ROOT, " (%.4f to %.4f)", interval.low(), interval.high()),
                    verdict.passes() ? "PASS" : "FAIL");
        }
    }

    Ladder {
        goals = List.copyOf(goals);
    }

    /** All presets that belong to it. */
    static List<Goal> builtIn() {
        return Preset.builtIn().stream()
                .filter(name -> name.startsWith(PREFIX))
                .map(Preset::named)
                .map(preset -> new Goal(preset, ExpectedAccuracy.of(preset)))
                .toList();
    }

    /**
     * Trains what is missing, evaluates all on the test images, and writes table and chart.
     *
     * @param seeds of each preset; empty for as many as its band asks for
     * @return empty if a signal ended it
     * @throws io.residual.core.ResidualException if a training fails, or files cannot be read or written
     */
    Optional<List<Rung>> climb(Optional<Integer> seeds, PrintWriter out) {
        List<Rung> results = new ArrayList<>();
        try (Interruption interruption = Interruption.listen()) {
            for (Goal goal : goals) {
                Optional<Rung> rung = climb(goal, seeds, interruption::requested, out);
                if (rung.isEmpty()) {
                    return Optional.empty();
                }
                results.add(rung.get());
                out.print(rung.get().verdict().toText());
                out.flush();
                OutputFile.write(directory.resolve("ladder.md"), table(results), "is it writable?");
                OutputFile.write(directory.resolve("ladder.svg"), chart(results).toSvgFile(), "is it writable?");
            }
        }
        return Optional.of(results);
    }

    private Optional<Rung> climb(Goal goal, Optional<Integer> seeds, BooleanSupplier interrupted, PrintWriter out) {
        Preset preset = goal.preset();
        TrainingSpec spec = preset.spec();
        ImageSet train = DataSources.find(spec.data()).open(Split.TRAIN, StratifiedSplit.SEED);
        ImageSet test = DataSources.find(spec.data()).open(Split.TEST, StratifiedSplit.SEED);
        Path runs = directory.resolve(preset.name());
        OutputFile.createDirectory(runs, "give another --runs");
        long[] all = LongStream.range(
                        spec.seed(), spec.seed() + seeds.orElse(goal.band().seeds()))
                .toArray();
        List<Double> seconds = new ArrayList<>();
        for (long seed : all) {
            out.println(preset.name() + ", seed " + seed + "...");
            out.flush();
            TimedTraining training = new TimedTraining(
                    preset.name(),
                    seed,
                    SeedRuns.runOf(runs, seed),
                    List.of("--kernels", kernels.toString(), "--device", "cpu"));
            Optional<Double> taken = training.seconds(interrupted);
            if (taken.isEmpty()) {
                return Optional.empty();
            }
            requireSettings(SeedRuns.runOf(runs, seed), spec.withSeed(seed));
            seconds.add(taken.get());
        }
        List<EvaluatedRun> evaluated = new ArrayList<>();
        for (int i = 0; i < all.length; i++) {
            evaluated.add(Reproduction.evaluate(all[i], runs, test, kernels).taking(seconds.get(i)));
        }
        ResNetSpec network = spec.resNet(train.channels(), train.classNames().size());
        long images = (long) spec.optimisation().epochs() * train.size();
        return Optional.of(new Rung(
                new PresetVerdict(preset.name(), goal.band(), evaluated),
                images,
                2.0 * MultiplyAdds.of(network).training() * images));
    }

    /** A training that was done before may be of another version of the preset. */
    private static void requireSettings(Path run, TrainingSpec spec) {
        if (!RunDirectory.open(run).spec().equals(spec)) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    run + ": was trained with other settings than the preset has now: delete it, and "
                            + run.getFileName() + "-time.json beside it, to train again");
        }
    }

    private static String table(List<Rung> rungs) {
        StringBuilder text = new StringBuilder(String.format(
                "| rung | preset | seeds | seconds of a command | images seen | TFLOP | test accuracy, 95 %% interval | |%n"
                        + "|--:|---|--:|--:|--:|--:|--:|---|%n"));
        rungs.forEach(rung -> text.append(rung.row()));
        return text.toString();
    }

    private static Plot chart(List<Rung> rungs) {
        return Plot.of(
                "Test accuracy against seconds",
                "Mean test accuracy of each preset of the ladder against the mean seconds of its command, with its 95 % interval.",
                Axis.log("seconds of the command"),
                Axis.linear("test accuracy"),
                Line.marked(
                        "mean over seeds",
                        rungs.stream()
                                .map(rung -> new Point(
                                        rung.verdict().seconds(), rung.verdict().mean()))
                                .toList()),
                Band.around(rungs.stream()
                        .flatMap(rung -> rung.verdict().interval().stream()
                                .map(i -> new Band.Slice(rung.verdict().seconds(), i.low(), i.high())))
                        .toList()));
    }
}
