package io.residual.laboratory.reproduce;

import java.util.List;
import java.util.Locale;

/**
 * A preset's band beside what its runs came to.
 *
 * @param runs at least one
 */
record PresetVerdict(String preset, ExpectedAccuracy band, List<Judged> runs) {
    /**
     * A run, judged on the test images.
     *
     * @param directory of the run
     * @param accuracy of the last epoch's model, in [0, 1]
     * @param images that it was judged on
     * @param epochs that it was trained for
     * @param seconds of these, validation included
     */
    record Judged(long seed, String directory, double accuracy, long images, int epochs, double seconds) {}

    PresetVerdict {
        runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a verdict needs a run");
        }
    }

    double mean() {
        return runs.stream().mapToDouble(Judged::accuracy).average().orElseThrow();
    }

    private String deviation() {
        if (runs.size() < 2) {
            return "n/a";
        }
        double mean = mean();
        double squares = runs.stream()
                .mapToDouble(run -> Math.pow(run.accuracy() - mean, 2))
                .sum();
        return String.format(Locale.ROOT, "%.4f", Math.sqrt(squares / (runs.size() - 1.0)));
    }

    boolean passes() {
        return band.contains(mean());
    }

    /** Every run, mean and deviation, the band with its source, and PASS or FAIL on the last line. */
    String toText() {
        StringBuilder text = new StringBuilder();
        for (Judged run : runs) {
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
                Locale.ROOT,
                "mean %.4f, standard deviation %s, mean time %.1f s%n",
                mean(),
                deviation(),
                runs.stream().mapToDouble(Judged::seconds).average().orElseThrow()));
        text.append(String.format(Locale.ROOT, "band %.4f to %.4f: %s%n", band.least(), band.most(), band.source()));
        text.append(String.format(
                Locale.ROOT,
                "%s %s: mean test accuracy %.4f of %d seed%s%s%n",
                passes() ? "PASS" : "FAIL",
                preset,
                mean(),
                runs.size(),
                runs.size() == 1 ? "" : "s",
                runs.size() < band.seeds() ? ", where " + band.seeds() + " are asked for" : ""));
        return text.toString();
    }
}
