package io.residual.training.run;

import java.util.Locale;

/** Which of the saved models of a run. */
public enum SavedModel {
    /** After the last epoch. */
    LAST,
    /** After the best epoch by the metric that the run's spec monitors, the first of equals. */
    BEST;

    /** Name of its file within the run directory. */
    String fileName() {
        return this + ".safetensors";
    }

    /** The word for it in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
