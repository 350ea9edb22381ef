package io.residual.training.device.check;

import io.residual.cuda.device.Format;
import io.residual.training.config.TrainingSpec;
import io.residual.training.device.DeviceEpochs;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Trainings to the end, and one that is interrupted. */
final class TrainingParts {
    private static final int STEPS = 40;
    private static final int INTERRUPTED_AFTER = 23;

    /**
     * Trainings of a case with seeds from 1 on.
     *
     * @param seeds how many
     */
    record Accuracy(CheckCase each, int seeds) {
        static final List<Accuracy> STANDARD = List.of(
                new Accuracy(new CheckCase("speedrun", Format.BF16), 5),
                new Accuracy(new CheckCase("resnet20", Format.BF16), 1),
                new Accuracy(new CheckCase("book-96", Format.TF32), 1),
                new Accuracy(new CheckCase("book-96", Format.BF16), 1));
    }

    private TrainingParts() {}

    static boolean resume(CheckSession session) throws IOException {
        boolean passed = true;
        for (Format format : Format.values()) {
            CheckCase each = new CheckCase("resnet20", format);
            boolean equal = isResumable(session, each, STEPS, INTERRUPTED_AFTER);
            session.results().write("resume", Results.of(each).put("equal", equal));
            passed &= equal;
        }
        return passed;
    }

    /** Whether a training that another one continues ends with the same bits as one without interruption. */
    static boolean isResumable(CheckSession session, CheckCase each, int steps, int interruptedAfter) {
        TrainingSpec spec = each.spec();
        try (DeviceEpochs complete = session.epochs(each, spec);
                DeviceEpochs first = session.epochs(each, spec);
                DeviceEpochs second = session.epochs(each, spec)) {
            complete.steps(0, 0, steps);
            first.steps(0, 0, interruptedAfter);
            second.training().setParameters(first.training().parameters());
            second.training().setState(first.training().state());
            second.steps(0, interruptedAfter, steps - interruptedAfter);
            Map<String, float[]> one = complete.training().parameters();
            Map<String, float[]> other = second.training().parameters();
            return one.keySet().equals(other.keySet())
                    && one.entrySet().stream()
                            .allMatch(entry -> Arrays.equals(entry.getValue(), other.get(entry.getKey())));
        }
    }

    static boolean accuracy(CheckSession session, List<Accuracy> trainings) throws IOException {
        for (Accuracy training : trainings) {
            for (int seed = 1; seed <= training.seeds(); seed++) {
                train(session, training.each(), seed);
            }
        }
        return true;
    }

    private static void train(CheckSession session, CheckCase each, int seed) throws IOException {
        TrainingSpec spec = each.spec().withSeed(seed);
        int epochs = spec.optimisation().epochs();
        try (DeviceEpochs training = session.epochs(each, spec)) {
            training.steps(0, 0, 0);
            long start = System.nanoTime();
            double loss = 0;
            for (int epoch = 0; epoch < epochs; epoch++) {
                loss = training.epoch(epoch);
            }
            double seconds = SpeedParts.seconds(start);
            double images = (double) epochs * training.imagesPerEpoch();
            session.results()
                    .write(
                            "accuracy",
                            Results.of(each)
                                    .put("seed", seed)
                                    .put("epochs", epochs)
                                    .put("seconds", Results.rounded(seconds, 3))
                                    .put("images_per_second", Math.round(images / seconds))
                                    .put("training_loss", Results.rounded(loss, 4))
                                    .put("test_accuracy", Results.rounded(training.accuracy(session.test()), 4)));
        }
    }
}
