package io.residual.laboratory.gradients;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.residual.core.ResidualException;
import io.residual.training.cli.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * The files of a study: {@code gradients.html}, {@code gradients.json} with all figures, and {@code parameters.csv},
 * {@code outputs.csv} and {@code blocks.csv} with the same.
 */
public record ResultFiles(Path directory) {
    /**
     * The files in a directory, which is created if it is not there.
     *
     * @throws ResidualException of kind BAD_RUN if it cannot be
     */
    public static ResultFiles in(Path directory) {
        OutputFile.createDirectory(directory, "name another one by --out");
        return new ResultFiles(directory);
    }

    public Path page() {
        return directory.resolve("gradients.html");
    }

    public Path json() {
        return directory.resolve("gradients.json");
    }

    /**
     * Writes all, each file whole or not at all.
     *
     * @throws ResidualException of kind BAD_RUN if one cannot be written
     */
    public void write(StudyResult result) {
        write(json(), json(result));
        write(directory.resolve("parameters.csv"), Csv.parameters(result));
        write(directory.resolve("outputs.csv"), Csv.outputs(result));
        write(directory.resolve("blocks.csv"), Csv.blocks(result));
        write(page(), GradientsPage.of(result).toHtml());
    }

    /** Unrounded numbers, null where undefined. */
    private static String json(StudyResult result) {
        try {
            return JsonMapper.builder()
                            .addModule(new SimpleModule().addSerializer(OptionalDouble.class, new NullWhereEmpty()))
                            .build()
                            .writeValueAsString(result)
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of numbers and texts could not be written as JSON", e);
        }
    }

    private static void write(Path file, String text) {
        OutputFile.write(file, text, "is it writable?");
    }

    private static final class NullWhereEmpty extends StdSerializer<OptionalDouble> {
        private static final long serialVersionUID = 1;

        NullWhereEmpty() {
            super(OptionalDouble.class);
        }

        @Override
        public void serialize(OptionalDouble value, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            if (value.isPresent()) {
                json.writeNumber(value.getAsDouble());
            } else {
                json.writeNull();
            }
        }
    }
}
