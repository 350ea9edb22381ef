package io.residual.laboratory.experiments;

import java.time.Duration;
import java.util.Locale;

/** How much time the experiments may take; each chooses its images, epochs and seeds by it. */
public enum Budget {
    /** For a quiet laptop of 2 cores, in less than half an hour. */
    MINUTES(Duration.ofMinutes(25)),
    /** For the same in an afternoon. */
    HOURS(Duration.ofHours(6)),
    /** All images, as many epochs as in the notes, and more seeds: days. */
    FULL(Duration.ofDays(3650));

    private final Duration limit;

    Budget(Duration limit) {
        this.limit = limit;
    }

    /** After this much time of training no further one is started: a slow machine ends with fewer seeds. */
    public Duration limit() {
        return limit;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
