package io.residual.training.config;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Specs as YAML files: a line for each setting. */
public final class SpecFile {
    static final int MOST_BYTES = 64 * 1024;

    private SpecFile() {}

    /** The spec as YAML that {@link #read} turns into an equal spec. */
    public static String write(TrainingSpec spec) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Setting<?> setting : Settings.all()) {
            values.put(setting.name(), setting.text(spec));
        }
        return FlatYaml.write(values);
    }

    /**
     * Reads a spec that names every setting which has no default.
     *
     * @param onFault status of the exception: whose file it is decides
     * @throws ResidualException with a line for every fault of the file
     */
    public static TrainingSpec read(Path file, Kind onFault) {
        SpecReader gathering = new SpecReader();
        gathering.readFile(file);
        return gathering.finish(onFault);
    }

    /**
     * Text of a small regular file.
     *
     * @throws IOException if it is missing, something else than a file, too large, or not UTF-8; the message says which
     */
    static String text(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("no such file");
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException("not a file");
        }
        if (!Files.isReadable(file)) {
            throw new IOException("cannot be read: permission denied");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return text(in);
        }
    }

    static String text(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new IOException("larger than " + MOST_BYTES / 1024 + " KiB: this is no preset");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new IOException("not UTF-8 text", e);
        }
    }
}
