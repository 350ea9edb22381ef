package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.DataSource;
import io.residual.data.Split;
import io.residual.report.Numbers;
import io.residual.training.FoldRuns;
import io.residual.training.Trainer;
import io.residual.training.run.Backend;
import io.residual.training.run.DataSources;
import io.residual.training.run.FoldSummary;
import io.residual.training.run.FoldSummary.ClassResult;
import io.residual.training.run.FoldSummary.Spread;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What {@code train --folds} does and prints. */
final class FoldTraining {
    private FoldTraining() {}

    /**
     * Trains the folds that are not finished.
     *
     * @param directory gives that of the ensemble, once nothing speaks against the training
     */
    static ExitStatus run(Trainer trainer, int count, Supplier<Path> directory, PrintWriter out) {
        if (count < 2) {
            throw new ResidualException(Kind.BAD_SETTING, "--folds: expected a number of at least 2, got " + count);
        }
        Backend.require();
        DataSource source = DataSources.find(trainer.spec().data());
        boolean tests = source.has(Split.TEST);
        FoldRuns folds = new FoldRuns(trainer, count, source);
        folds.requireFits();
        Path place = directory.get();
        Optional<FoldSummary> summary = folds.train(place, ForegroundTraining::run);
        if (summary.isEmpty()) {
            out.println("Saved. Resume by repeating the command with --run " + ShellWord.of(place));
            return ExitStatus.INTERRUPTED;
        }
        out.print(text(summary.get()));
        out.println("Each image's prediction by the network that was not trained on it: "
                + place.resolve(FoldRuns.PREDICTIONS));
        out.println("Ensemble of the folds: " + place);
        if (tests) {
            out.println("Evaluate it on the test images: ./residual evaluate --run " + ShellWord.of(place));
        }
        return ExitStatus.OK;
    }

    private static String text(FoldSummary summary) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%n%-24s%10s%22s%n", summary.folds().size() + " folds", "mean", "standard deviation"));
        line(text, "accuracy", summary.accuracy());
        line(text, "balanced accuracy", summary.balancedAccuracy());
        line(text, "macro F1", summary.macroF1());
        line(text, "Matthews' correlation", summary.matthews());
        line(text, "loss", summary.loss());
        List<ClassResult> classes = summary.classes();
        int width = Stream.concat(classes.stream().map(ClassResult::name), Stream.of("class"))
                .mapToInt(String::length)
                .max()
                .orElseThrow();
        String format = "%-" + width + "s%11s%9s%9s%11s%n";
        text.append(String.format(Locale.ROOT, "%n" + format, "class", "precision", "recall", "F1", "images"));
        for (ClassResult one : classes) {
            text.append(String.format(
                    Locale.ROOT,
                    format,
                    one.name(),
                    Numbers.share(one.precision()),
                    Numbers.share(one.recall()),
                    Numbers.share(one.f1()),
                    one.images()));
        }
        return text + System.lineSeparator();
    }

    private static void line(StringBuilder text, String name, Spread spread) {
        text.append(String.format(Locale.ROOT, "%-24s%10.4f%22.4f%n", name, spread.mean(), spread.deviation()));
    }
}
