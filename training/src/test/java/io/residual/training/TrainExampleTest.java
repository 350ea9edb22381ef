package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.run.RunDatasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The README's example of a program that trains a network, compiled and run. */
class TrainExampleTest {
    @TempDir
    private Path directory;

    @Test
    @SuppressWarnings("SystemOut")
    void a_program_trains_in_a_few_lines() {
        Path run = directory.resolve("run");
        INDArray images = Nd4j.zeros(3, 1, 28, 28);
        // example: Train
        TrainingSpec spec =
                Preset.resolve("quick", Map.of("epochs", "2", "width", "4")).spec();
        TrainingResult result = Trainer.of(spec).directory(run).train(RunDatasets.find(spec.data()));
        System.out.println(result.best().orElseThrow().validationAccuracy());
        INDArray probabilities = result.network().probabilities(images); // pixels normalised, [N, 1, 28, 28]
        // end
        assertThat(result.history()).hasSize(2);
        assertThat(run.resolve("best.safetensors")).isRegularFile();
        assertThat(probabilities.shape()).containsExactly(3, 10);
    }

    @Test
    void the_readme_shows_the_code_above() throws IOException {
        String here = Files.readString(Path.of("src/test/java/io/residual/training/TrainExampleTest.java"));
        String code = here.substring(here.indexOf("Train\n") + "Train\n".length(), here.indexOf("        // end"));

        assertThat(Files.readString(Path.of("../README.md")))
                .contains("<!-- example: Train -->\n```java\n"
                        + code.stripTrailing().stripIndent() + "\n```\n<!-- end -->");
    }
}
