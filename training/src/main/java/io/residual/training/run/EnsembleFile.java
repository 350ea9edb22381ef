package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@value #NAME}: which runs in a directory are used together, as the mean of their probabilities.
 *
 * @param format {@value #FORMAT}
 * @param runs names of directories within that one, at least 2, at most {@value #MAX_RUNS}
 */
record EnsembleFile(int format, List<String> runs) {
    static final String NAME = "ensemble.json";

    private static final int FORMAT = 1;
    private static final int MAX_RUNS = 1000;
    private static final int MAX_BYTES = 1024 * 1024;
    /** A name, and no way to another directory. */
    private static final Pattern RUN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");

    EnsembleFile {
        runs = List.copyOf(runs);
        if (format != FORMAT) {
            throw new IllegalArgumentException("format " + format + " is not read, only format " + FORMAT
                    + ": use the program that wrote the ensemble");
        }
        if (runs.size() < 2 || runs.size() > MAX_RUNS || new HashSet<>(runs).size() < runs.size()) {
            throw new IllegalArgumentException(
                    "\"runs\": expected 2 to " + MAX_RUNS + " different runs, got " + runs.size());
        }
        runs.stream().filter(run -> !RUN.matcher(run).matches()).findFirst().ifPresent(run -> {
            throw new IllegalArgumentException("\"runs\": expected names of directories in that of the ensemble");
        });
    }

    static EnsembleFile of(List<String> runs) {
        return new EnsembleFile(FORMAT, runs);
    }

    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    /**
     * Reads that of a directory.
     *
     * @throws ResidualException of kind BAD_RUN if it is damaged
     */
    static EnsembleFile read(Path directory) {
        Path file = directory.resolve(NAME);
        try (InputStream in = RegularFile.stream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ResidualException(Kind.BAD_RUN, file + ": larger than 1 MiB: this is no list of runs");
            }
            return StrictJson.read(new String(bytes, StandardCharsets.UTF_8), EnsembleFile.class);
        } catch (IOException e) {
            throw DiskErrors.reading(file, e);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": " + e.getMessage(), e);
        }
    }

    /** The first run of an ensemble. */
    Path first(Path directory) {
        return directory.resolve(runs.get(0));
    }

    /** Refuses to resume other runs. */
    void requireOf(List<String> others, Path directory) {
        if (!runs.equals(others)) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    directory + ": holds an ensemble of " + runs.size() + " runs, not of " + others.size()
                            + ": train it with as many folds, or give another run directory");
        }
    }

    /** The runs of an ensemble, which take the same images and know the same classes. */
    List<RunDirectory> members(RunDirectory ensemble) {
        List<RunDirectory> members = runs.stream()
                .map(name -> RunDirectory.open(ensemble.path().resolve(name)))
                .toList();
        DataOrigin data = ensemble.manifest().data();
        for (RunDirectory member : members) {
            DataOrigin own = member.manifest().data();
            boolean alike = own.classes().equals(data.classes())
                    && own.channels() == data.channels()
                    && member.spec()
                            .data()
                            .input()
                            .equals(ensemble.spec().data().input());
            if (!alike || member.isEnsemble()) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        member + ": takes other images than the ensemble " + ensemble
                                + " or knows other classes: was a directory replaced?");
            }
        }
        return members;
    }

    void write(Path directory) {
        Path file = directory.resolve(NAME);
        try {
            AtomicFile.write(file, StrictJson.pretty(this));
        } catch (IOException e) {
            throw DiskErrors.writing(file, e);
        }
    }
}
