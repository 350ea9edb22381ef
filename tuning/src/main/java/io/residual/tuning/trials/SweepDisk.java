package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.training.run.CheckpointStore;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.sweep.Sweep;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * What a sweep will keep on disk, about: the largest trials that were looked at, with 10 classes of colour images.
 *
 * @param modelBytes of a model of a trial
 * @param runs of each trial
 * @param trials at most, if that is known
 * @param fresh runs of the confirmation at most
 */
public record SweepDisk(long modelBytes, int runs, OptionalInt trials, int fresh) {
    private static final int CHANNELS = 3;
    private static final int CLASSES = 10;
    /** The last model and the best. */
    private static final int MODELS = 2;
    /** Each with about as much of the optimiser's as of parameters. */
    private static final int MODELS_OF_CHECKPOINTS = CheckpointStore.MAX_KEPT * 2;

    /** Looks at the corners of the space where all its parameters are lowest or highest, and at its middle. */
    public static SweepDisk of(Sweep sweep) {
        SearchSpace space = sweep.space();
        long parameters = 0;
        for (double place : new double[] {0, 0.5, 1}) {
            double[] point = new double[space.parameters().size()];
            Arrays.fill(point, place);
            try {
                parameters = Math.max(
                        parameters,
                        sweep.spec(space.at(point)).resNet(CHANNELS, CLASSES).parameters());
            } catch (ResidualException e) {
                // These values do not go together.
            }
        }
        parameters =
                Math.max(parameters, sweep.baseSpec().resNet(CHANNELS, CLASSES).parameters());
        return new SweepDisk(
                Float.BYTES * parameters, sweep.seeds(), sweep.budget().trials(), sweep.freshRuns());
    }

    /** One line about it. */
    public String describe() {
        long trial = MODELS * modelBytes * runs;
        return String.format(
                Locale.ROOT,
                "Disk: about %s for the models of each trial%s%s, and up to %s more while it is trained or may be"
                        + " continued",
                megabytes(trial),
                trials.isPresent()
                        ? String.format(
                                Locale.ROOT, ", %s for %d", megabytes(trial * trials.getAsInt()), trials.getAsInt())
                        : "",
                fresh > 0 ? ", " + megabytes(MODELS * modelBytes * fresh) + " for its confirmation" : "",
                megabytes(MODELS_OF_CHECKPOINTS * modelBytes * runs));
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }
}
