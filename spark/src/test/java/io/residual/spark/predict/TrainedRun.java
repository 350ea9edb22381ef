package io.residual.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.training.cli.CommandRunner;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;

/** A small run that is calibrated, and images as files. */
public final class TrainedRun {
    private TrainedRun() {}

    /** Trains in a directory that does not exist yet. */
    public static Path in(Path run) {
        succeed(
                new io.residual.training.cli.Main(),
                "--preset",
                "quick",
                "--data",
                "sample",
                "--width",
                "4",
                "--epochs",
                "2",
                "--run",
                run.toString());
        succeed(new io.residual.evaluation.Main(), "--run", run.toString());
        return run;
    }

    private static void succeed(Callable<Integer> command, String... args) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        assertThat(CommandRunner.run(command, out, out, args)).as("%s", said).isZero();
    }

    /** Images that the run was not calibrated on: those lie on the edges of its prediction sets, where rounding decides. */
    static ImageSet images(Split split) {
        return IdxSource.sample().open(split, StratifiedSplit.SEED);
    }

    /** Writes images to learn from, and then test images, as 0000.png, 0001.png, ... */
    public static Path writePngs(Path folder, int count) throws IOException {
        ImageSet train = images(Split.TRAIN);
        ImageSet test = images(Split.TEST);
        Files.createDirectories(folder);
        byte[] pixels = new byte[train.height() * train.width()];
        for (int i = 0; i < count; i++) {
            if (i < train.size()) {
                train.copyPixels(i, pixels, 0);
            } else {
                test.copyPixels(i - train.size(), pixels, 0);
            }
            BufferedImage image = new BufferedImage(train.width(), train.height(), BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setDataElements(0, 0, train.width(), train.height(), pixels);
            ImageIO.write(image, "png", file(folder, i).toFile());
        }
        return folder;
    }

    /** One of these files. */
    public static Path file(Path folder, int image) {
        return folder.resolve(String.format(Locale.ROOT, "%04d.png", image));
    }

    /** Cuts one of these files in half. */
    public static void cut(Path folder, int image) throws IOException {
        byte[] content = Files.readAllBytes(file(folder, image));
        Files.write(file(folder, image), Arrays.copyOf(content, content.length / 2));
    }
}
