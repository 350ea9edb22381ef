package io.residual.training.run;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Where the results of a run come from. With the spec it says what must be the same for the same results.
 *
 * @param format of the run directory, {@value #FORMAT}
 * @param preset name of the preset that the spec was made from
 * @param startedAt to the second
 * @param arguments of the command, as typed
 */
public record RunManifest(
        int format,
        String preset,
        long seed,
        Instant startedAt,
        List<String> arguments,
        DataOrigin data,
        Backend backend,
        Versions versions) {
    /** Grows when an older program could no longer read the directory. */
    public static final int FORMAT = 1;

    public RunManifest {
        if (format != FORMAT) {
            throw new IllegalArgumentException("format " + format + " is not read, only format " + FORMAT
                    + ": use the program that wrote the run");
        }
        arguments = List.copyOf(arguments);
    }

    /** The same of other images. */
    RunManifest of(DataOrigin other) {
        return new RunManifest(format, preset, seed, startedAt, arguments, other, backend, versions);
    }

    /** A run that this process starts. */
    public static RunManifest of(
            String preset, long seed, Instant startedAt, List<String> arguments, Backend backend, DataOrigin data) {
        return new RunManifest(
                FORMAT,
                preset,
                seed,
                startedAt.truncatedTo(ChronoUnit.SECONDS),
                arguments,
                data,
                backend,
                Versions.current());
    }
}
