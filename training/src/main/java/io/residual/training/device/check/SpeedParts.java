package io.residual.training.device.check;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.cuda.device.Format;
import io.residual.training.config.TrainingSpec;
import io.residual.training.device.DeviceEpochs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Images/s of training: alone, and in turn with PyTorch. */
final class SpeedParts {
    /** Odd, for the median. */
    private static final int ROUNDS = 5;

    private static final int WARM_UP_STEPS = 20;
    private static final int MIN_STEPS = 10;
    private static final double STANDARD_SECONDS = 1;

    /**
     * A case to measure.
     *
     * @param seconds of all rounds together
     */
    record Speed(CheckCase each, double seconds) {
        /** The formats that matter first. */
        static List<Speed> standard() {
            List<Speed> all = new ArrayList<>();
            for (Format format : List.of(Format.BF16, Format.TF32, Format.F32)) {
                CheckCase.NAMES.forEach(name -> all.add(new Speed(new CheckCase(name, format), STANDARD_SECONDS)));
            }
            return all;
        }
    }

    /** A training that is warm. */
    private record Warm(DeviceEpochs epochs, int batch) {
        /** Images/s of some steps. */
        double round(int steps) {
            long start = System.nanoTime();
            int at = 0;
            while (at < steps) {
                int count = Math.min(steps - at, epochs.equalSteps(0));
                epochs.steps(0, 0, count);
                at += count;
            }
            return (double) steps * batch / SpeedParts.seconds(start);
        }

        /** How many steps take some time. */
        int steps(double imagesPerSecond, double seconds) {
            return (int) Math.max(MIN_STEPS, imagesPerSecond * seconds / batch);
        }
    }

    private SpeedParts() {}

    static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    static boolean speed(CheckSession session, List<Speed> cases) throws IOException {
        for (Speed each : cases) {
            speed(session, each);
        }
        return true;
    }

    private static void speed(CheckSession session, Speed wanted) throws IOException {
        CheckCase each = wanted.each();
        TrainingSpec spec = each.spec();
        int batch = spec.optimisation().batchSize();
        Map<String, Double> before = session.device().preparationSeconds();
        long start = System.nanoTime();
        try (DeviceEpochs epochs = session.epochs(each, spec)) {
            double ready = seconds(start);
            epochs.steps(0, 0, 1);
            double first = seconds(start);
            ObjectNode parts = since(before, session.device().preparationSeconds());
            Warm warm = new Warm(epochs, batch);
            double speed = warm.round(WARM_UP_STEPS);
            List<Double> rounds = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                rounds.add(warm.round(warm.steps(speed, wanted.seconds() / ROUNDS)));
            }
            rounds.sort(null);
            session.results()
                    .write(
                            "speed",
                            Results.of(each)
                                    .put("batch", batch)
                                    .put("images_per_second", Math.round(rounds.get(ROUNDS / 2)))
                                    .put("lowest", Math.round(rounds.get(0)))
                                    .put("highest", Math.round(rounds.get(ROUNDS - 1)))
                                    .put("ready_seconds", Results.rounded(ready, 3))
                                    .put("first_step_seconds", Results.rounded(first, 3))
                                    .put("last_batch_seconds", Results.rounded(lastBatch(epochs, batch), 3))
                                    .set("preparation", parts));
        }
    }

    /** What parts of the preparations took, in seconds of all threads. */
    private static ObjectNode since(Map<String, Double> before, Map<String, Double> after) {
        ObjectNode parts = Results.result();
        after.forEach((part, seconds) -> parts.put(part, Results.rounded(seconds - before.getOrDefault(part, 0.0), 3)));
        return parts;
    }

    /** Seconds of the first step of the smaller batch that ends an epoch; 0 if there is none. */
    private static double lastBatch(DeviceEpochs epochs, int batch) {
        int full = epochs.equalSteps(0);
        if (full * batch >= epochs.imagesPerEpoch()) {
            return 0;
        }
        long start = System.nanoTime();
        epochs.steps(0, full, 1);
        return seconds(start);
    }

    /** Microseconds of each operation of a step. */
    static boolean profile(CheckSession session, CheckCase each) throws IOException {
        TrainingSpec spec = each.spec();
        try (DeviceEpochs epochs = session.epochs(each, spec)) {
            epochs.steps(0, 0, 1);
            Map<String, Double> times =
                    epochs.training().profile(spec.optimisation().batchSize());
            double sum = times.values().stream().mapToDouble(time -> time).sum();
            session.results().write("profile", Results.of(each).put("microseconds", Math.round(sum)));
            times.forEach((operation, time) ->
                    session.results().note(String.format(Locale.ROOT, "%8.1f %s", time, operation)));
        }
        return true;
    }

    /** Rounds of PyTorch and of this in turn. A case that does not work in PyTorch does not stop the others. */
    static boolean inTurn(CheckSession session, String python, List<CheckCase> cases) throws IOException {
        boolean passed = true;
        try (PyTorch pytorch = PyTorch.start(python, session.folders())) {
            pytorch.prepare(cases);
            for (CheckCase each : cases) {
                try {
                    inTurn(session, pytorch, each);
                } catch (PyTorch.VariantException e) {
                    session.results().write("pytorch", Results.of(each).put("error", e.getMessage()));
                    passed = false;
                }
            }
            session.results().note("pytorch " + pytorch.status());
        }
        return passed;
    }

    private static void inTurn(CheckSession session, PyTorch pytorch, CheckCase each) throws IOException {
        String variant = pytorch.fastest(each, session.results());
        TrainingSpec spec = each.spec();
        try (DeviceEpochs epochs = session.epochs(each, spec)) {
            Warm warm = new Warm(epochs, spec.optimisation().batchSize());
            warm.round(WARM_UP_STEPS);
            double speed = warm.round(2 * WARM_UP_STEPS);
            List<Double> ratios = new ArrayList<>();
            for (int k = 0; k < ROUNDS; k++) {
                double ours = warm.round(warm.steps(speed, PyTorch.ROUND_SECONDS));
                double theirs = pytorch.round(each, variant);
                ratios.add(ours / theirs);
                session.results()
                        .write(
                                "pytorch",
                                Results.of(each)
                                        .put("variant", variant)
                                        .put("images_per_second", Math.round(ours))
                                        .put("pytorch", Math.round(theirs))
                                        .put("ratio", Results.rounded(ours / theirs, 4)));
            }
            ratios.sort(null);
            session.results()
                    .write(
                            "pytorch",
                            Results.of(each)
                                    .put("variant", variant)
                                    .put("median_ratio", Results.rounded(ratios.get(ROUNDS / 2), 4)));
        }
    }
}
