package io.residual.training.config;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Specs as YAML files: a line for each setting. */
public final class SpecFile {
    static final int MAX_BYTES = 64 * 1024;

    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    private SpecFile() {}

    /** The spec as YAML that {@link #read} turns into an equal spec. */
    public static String write(TrainingSpec spec) {
        StringWriter text = new StringWriter();
        try (YAMLGenerator generator = YAML.createGenerator(text)) {
            generator.writeStartObject();
            for (Setting setting : Settings.all()) {
                generator.writeStringField(setting.name(), setting.text(spec));
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be written", e);
        }
        return text.toString();
    }

    /**
     * Reads a spec that names every setting which has no default.
     *
     * @param onError kind of the exception: it depends on whose file it is
     * @throws ResidualException with a line for every error of the file
     */
    public static TrainingSpec read(Path file, Kind onError) {
        SpecReader reader = new SpecReader();
        reader.readFile(file);
        return reader.finish(onError);
    }

    /**
     * As {@link #read(Path, Kind)}, of a text that {@link #write} made, now or in an earlier version.
     *
     * @param name that messages should call it
     */
    public static TrainingSpec read(String name, String yaml, Kind onError) {
        SpecReader reader = new SpecReader();
        reader.readYaml(name, yaml);
        return reader.finish(onError);
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
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new IOException("larger than " + MAX_BYTES / 1024 + " KiB: this is no preset");
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
