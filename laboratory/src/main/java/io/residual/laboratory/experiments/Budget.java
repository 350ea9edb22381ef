package io.residual.laboratory.experiments;

import java.time.Duration;
import java.util.Locale;

/** How much time the experiments may take; each of them knows what it makes of it. */
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

    /** Trainings that would begin after so much time of training are left out: a slow machine ends with fewer seeds. */
    public Duration limit() {
        return limit;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
