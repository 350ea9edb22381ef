package io.residual.evaluation.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;
import picocli.CommandLine;

/** A small run of the command {@code train}, and images of the test split as files. */
public final class TrainedRun {
    private TrainedRun() {}

    /** Trains in a directory that does not exist yet; more options than the preset's and the width may follow. */
    public static Path in(Path run, String... more) {
        String[] args = new String[more.length + 4];
        System.arraycopy(new String[] {"--preset", "quick", "--run", run.toString()}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        assertThat(new CommandLine(new io.residual.training.cli.Main()).execute(args))
                .isZero();
        return run;
    }

    /** The 500 test images of the sample. */
    public static ImageSet testImages() {
        return IdxSource.sample().open(Split.TEST, StratifiedSplit.SEED);
    }

    /** Writes the first images of the test split as 000.png, 001.png, ... */
    public static void writePngs(Path folder, int count) throws IOException {
        ImageSet images = testImages();
        Files.createDirectories(folder);
        byte[] pixels = new byte[images.height() * images.width()];
        for (int i = 0; i < count; i++) {
            images.copyPixels(i, pixels, 0);
            BufferedImage image = new BufferedImage(images.width(), images.height(), BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setDataElements(0, 0, images.width(), images.height(), pixels);
            ImageIO.write(
                    image,
                    "png",
                    folder.resolve(String.format(Locale.ROOT, "%03d.png", i)).toFile());
        }
    }
}
