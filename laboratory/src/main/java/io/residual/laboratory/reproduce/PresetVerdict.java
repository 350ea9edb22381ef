package io.residual.laboratory.reproduce;

import io.residual.report.Numbers;
import io.residual.training.run.MeanInterval;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/**
 * The runs of a preset, compared with its band.
 *
 * @param runs at least one
 */
record PresetVerdict(String preset, ExpectedAccuracy band, List<EvaluatedRun> runs) {
    /**
     * A run and its score on the test images.
     *
     * @param directory of the run
     * @param accuracy of the last epoch's model, in [0, 1]
     * @param images of the test split
     * @param epochs of training
     * @param seconds of these, validation included, or of the complete command
     */
    record EvaluatedRun(long seed, String directory, double accuracy, long images, int epochs, double seconds) {
        /** The same with another time. */
        EvaluatedRun taking(double measured) {
            return new EvaluatedRun(seed, directory, accuracy, images, epochs, measured);
        }
    }

    PresetVerdict {
        runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a verdict needs a run");
        }
    }

    private List<Double> accuracies() {
        return runs.stream().map(EvaluatedRun::accuracy).toList();
    }

    double mean() {
        return accuracies().stream().mapToDouble(a -> a).average().orElseThrow();
    }

    /** Mean seconds of a run. */
    double seconds() {
        return runs.stream().mapToDouble(EvaluatedRun::seconds).average().orElseThrow();
    }

    /** Of the mean; empty for a single run. */
    Optional<MeanInterval> interval() {
        return MeanInterval.of(accuracies());
    }

    private String deviation() {
        return runs.size() < 2
                ? Numbers.NOT_AVAILABLE
                : Numbers.share(StandardDeviation.of(
                                accuracies().stream().mapToDouble(a -> a).toArray())
                        .getAsDouble());
    }

    boolean passes() {
        return band.contains(accuracies());
    }

    /** Every run, mean and deviation, the band with its source, and PASS or FAIL on the last line. */
    String toText() {
        StringBuilder text = new StringBuilder();
        for (EvaluatedRun run : runs) {
            text.append(String.format(
                    Locale.ROOT,
                    "seed %d: test accuracy %.4f (%d images), %d epochs in %.1f s, %s%n",
                    run.seed(),
                    run.accuracy(),
                    run.images(),
                    run.epochs(),
                    run.seconds(),
                    run.directory()));
        }
        text.append(String.format(
                Locale.ROOT, "mean %.4f, standard deviation %s, mean time %.1f s%n", mean(), deviation(), seconds()));
        interval()
                .ifPresent(found -> text.append(String.format(
                        Locale.ROOT, "95 %% interval of the mean %.4f to %.4f%n", found.low(), found.high())));
        text.append(String.format(
                Locale.ROOT,
                "band %.4f to %.4f%s: %s%n",
                band.min(),
                band.max(),
                band.interval() ? ", which must contain that interval" : "",
                band.source()));
        text.append(String.format(
                Locale.ROOT,
                "%s %s: mean test accuracy %.4f of %d seed%s%s%n",
                passes() ? "PASS" : "FAIL",
                preset,
                mean(),
                runs.size(),
                runs.size() == 1 ? "" : "s",
                runs.size() < band.seeds() ? ", of " + band.seeds() + " that the published result asks for" : ""));
        return text.toString();
    }
}
