package io.residual.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.core.files.Sha256;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The probabilities of a fold's images, [images, classes], in the order of the set.
 *
 * @param path of the safetensors file
 * @param origin what they depend on, as the file's metadata: probabilities of another origin are not read
 */
record FoldFile(Path path, SortedMap<String, String> origin) {
    static final String NAME = "out-of-sample.safetensors";

    private static final String TENSOR = "probabilities";
    private static final String SHA256 = "probabilities.sha256";

    FoldFile {
        origin = new TreeMap<>(origin);
    }

    /**
     * Reads them, if they are there, complete, and of this origin.
     *
     * @param warn receives the reason if an existing file is not used
     */
    Optional<float[][]> read(int images, int classes, Consumer<String> warn) {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try {
            SafetensorsFile file = SafetensorsFile.read(path);
            Map<String, String> metadata = new TreeMap<>(file.metadata());
            // Files of release 0.1 have no digest.
            Optional<String> written = Optional.ofNullable(metadata.remove(SHA256));
            if (!metadata.equals(origin)) {
                warn.accept(path + ": belongs to other settings or images: computing it again");
                return Optional.empty();
            }
            float[] values = file.floats(TENSOR, images, classes);
            if (!sha256(values).equals(written.orElseGet(() -> sha256(values)))) {
                warn.accept(path + ": is damaged: computing it again");
                return Optional.empty();
            }
            return Optional.of(IntStream.range(0, images)
                    .mapToObj(i -> Arrays.copyOfRange(values, i * classes, (i + 1) * classes))
                    .toArray(float[][]::new));
        } catch (SafetensorsException e) {
            warn.accept(e.getMessage() + ": computing it again");
            return Optional.empty();
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, path + ": cannot be read (" + IoErrors.reason(e) + ")", e);
        }
    }

    /** Writes them, completely or not at all. */
    void write(float[][] rows) {
        int classes = rows[0].length;
        float[] values = new float[rows.length * classes];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, values, i * classes, classes);
        }
        SafetensorsWriter writer = new SafetensorsWriter().floats(TENSOR, values, rows.length, classes);
        origin.forEach(writer::metadata);
        writer.metadata(SHA256, sha256(values));
        try {
            writer.write(path);
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    path + ": cannot be written (" + IoErrors.reason(e) + "): is there space on the disk?",
                    e);
        }
    }

    private static String sha256(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return Sha256.of(bytes.array());
    }
}
