package io.residual.laboratory.experiments.training;

import io.residual.training.cli.OutputFile;
import io.residual.training.run.StrictJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The files that a study of networks writes, each of them complete or not at all.
 *
 * @param directory which must exist
 */
public record StudyFiles(Path directory) {
    public Path file(String name) {
        return directory.resolve(name);
    }

    /**
     * Writes a text.
     *
     * @throws io.residual.core.ResidualException of kind BAD_RUN if it cannot be written
     */
    public void write(String name, String text) {
        OutputFile.createDirectory(directory, "give another directory");
        OutputFile.write(file(name), text, "is it writable?");
    }

    /** Writes unrounded numbers, null if undefined. */
    public void writeJson(String name, Record result) {
        write(name, StrictJson.line(result) + "\n");
    }

    /** Rows of names and numbers. No name has commas or quotes. */
    public static final class Csv {
        private final StringBuilder text;

        /**
         * A table without rows.
         *
         * @param columns after those of the network
         */
        public Csv(String columns) {
            this.text = new StringBuilder("network,depth,shortcuts,seed," + columns + "\r\n");
        }

        /**
         * Adds a row.
         *
         * @param numbers a cell each, empty if undefined
         */
        public void row(StudiedNetwork network, List<?> names, List<OptionalDouble> numbers) {
            List<String> cells = new ArrayList<>();
            List.of(network.name(), network.depth(), network.shortcuts(), network.seed())
                    .forEach(cell -> cells.add(cell.toString()));
            names.forEach(cell -> cells.add(cell.toString()));
            numbers.forEach(cell -> cells.add(cell.isPresent() ? String.valueOf(cell.getAsDouble()) : ""));
            text.append(String.join(",", cells)).append("\r\n");
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
