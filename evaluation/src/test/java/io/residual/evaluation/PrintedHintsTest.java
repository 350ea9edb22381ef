package io.residual.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that train prints are executed as they are printed, with a path that a shell would take apart. */
class PrintedHintsTest {
    @TempDir
    private Path directory;

    /** Two classes without a test part. */
    private Path images() throws IOException {
        for (String name : List.of("dark", "light")) {
            Path folder = Files.createDirectories(directory.resolve("my images").resolve(name));
            for (int i = 0; i < 24; i++) {
                BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB);
                Graphics2D graphics = image.createGraphics();
                graphics.setColor(new Color(name.equals("dark") ? i : 255 - i, i, 128));
                graphics.fillRect(i % 7, 0, 20, 28);
                graphics.dispose();
                ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
            }
        }
        return directory.resolve("my images");
    }

    private static String[] words(String printed, String command) throws Exception {
        String line = printed.lines()
                .filter(each -> each.contains("./residual " + command + " "))
                .findFirst()
                .orElseThrow();
        String arguments = line.substring(line.indexOf("./residual " + command) + ("./residual " + command).length());
        Process shell = new ProcessBuilder("sh", "-c", "printf '%s\\n' " + arguments).start();
        try (var in = shell.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toArray(String[]::new);
        }
    }

    @Test
    void hints_of_train_can_be_copied() throws Exception {
        Path run = directory.resolve("it's my run; $HOME");
        Outcome stopped = Outcome.of(
                new io.residual.training.cli.Main(),
                "--preset",
                "quick",
                "--width",
                "4",
                "--batch-size",
                "16",
                "--epochs",
                "2",
                "--stop-after",
                "1",
                "--data",
                "images:" + images(),
                "--run",
                run.toString());
        assertThat(stopped.err()).isEmpty();

        Outcome resumed = Outcome.of(new io.residual.training.cli.Main(), words(stopped.out(), "train"));
        assertThat(resumed.status()).as(resumed.err()).isZero();
        assertThat(resumed.out())
                .contains("Evaluate it on the validation images: ./residual evaluate --split validation --run '");

        Outcome evaluated = Outcome.of(new Main(), words(resumed.out(), "evaluate"));
        assertThat(evaluated.status()).as(evaluated.err()).isZero();
        assertThat(evaluated.out()).containsIgnoringCase("accuracy");
    }
}
