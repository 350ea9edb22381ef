package io.residual.evaluation.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example of a program that classifies pictures, compiled and run. */
@Tag("slow")
class ClassifierExampleTest {
    private final PrintStream out = System.out;

    @TempDir
    private Path directory;

    @AfterEach
    void restoreOutput() {
        System.setOut(out);
    }

    @Test
    @SuppressWarnings("SystemOut")
    void a_program_classifies_a_picture_in_three_lines() throws IOException {
        Path run = TrainedRun.in(directory.resolve("run"), "--width", "4", "--epochs", "1");
        TrainedRun.writePngs(directory, 1);
        Path file = directory.resolve("000.png");
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        // example: Classify
        try (Classifier classifier = Classifier.open(run)) { // safe for many threads, which it serves in batches
            Prediction prediction = classifier.classify(file); // PNG, JPEG, WebP, BMP, GIF, TIFF
            System.out.println(prediction.className() + " " + prediction.probability());
        }
        // end
        assertThat(output.toString(StandardCharsets.UTF_8)).matches("[A-Z][-A-Za-z/ ]+ 0\\.\\d+\\R");
    }

    @Test
    void the_readme_shows_the_code_above() throws IOException {
        String here =
                Files.readString(Path.of("src/test/java/io/residual/evaluation/predict/ClassifierExampleTest.java"));
        String code =
                here.substring(here.indexOf("Classify\n") + "Classify\n".length(), here.indexOf("        // end"));

        assertThat(Files.readString(Path.of("../README.md")))
                .contains("<!-- example: Classify -->\n```java\n"
                        + code.stripTrailing().stripIndent() + "\n```\n<!-- end -->");
    }
}
