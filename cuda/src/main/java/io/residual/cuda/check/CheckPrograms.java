package io.residual.cuda.check;

import io.residual.program.Program;
import io.residual.program.ProgramText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Networks that the check runs, stored as text, so that it needs no Deeplearning4j. All take grey images and have 10 classes.
 * The tests' CheckFiles writes them.
 */
public final class CheckPrograms {
    private CheckPrograms() {}

    /**
     * A stored network.
     *
     * @param name a preset of the trainer, "book-96", "resnet20" or "speedrun"; "book-28" and "resnet50-96": ResNet-18 of the
     *     book at 28 pixels and torchvision's ResNet-50 at 96; or what a {@link Fixture} names
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Program read(String name) {
        return ProgramText.parse(text(name + ".program"));
    }

    static String text(String file) {
        try (InputStream stream = CheckPrograms.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new IllegalArgumentException("there is no " + file);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
