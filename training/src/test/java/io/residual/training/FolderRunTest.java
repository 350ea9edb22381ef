package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.training.config.DataChoice;
import io.residual.training.config.Preset;
import io.residual.training.run.DataOrigin;
import io.residual.training.run.DataSources;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on pictures in folders: clothes of the sample, tinted, as PNG. */
@Tag("slow")
class FolderRunTest {
    @TempDir
    Path directory;

    @Test
    void a_run_on_coloured_pictures_keeps_their_classes_and_reads_others_by_them() throws IOException {
        Path pictures = directory.resolve("clothes");
        write(pictures.resolve("train"), 0, 130, "bag", "boot", "coat");
        write(pictures.resolve("val"), 130, 165, "bag", "boot", "coat");
        write(pictures.resolve("test"), 165, 185, "boot", "coat");
        Path path = directory.resolve("run");
        Preset preset = Preset.resolve(
                "quick",
                Map.of(
                        "data", "images:" + pictures,
                        "width", "4",
                        "epochs", "2",
                        "batchSize", "32",
                        "learningRate", "0.05"));

        Trainer.of(preset).directory(path).train(RunDatasets.find(preset.spec().data()));

        RunDirectory run = RunDirectory.open(path);
        DataOrigin origin = run.manifest().data();
        assertThat(origin.channels()).isEqualTo(3);
        assertThat(origin.classes()).containsExactly("bag", "boot", "coat");
        assertThat(origin.sha256()).containsOnlyKeys("train", "val");
        assertThat(run.epochs().get(1).validationAccuracy()).isGreaterThan(0.5);
        ImageSet test = DataSources.find(run, Optional.empty()).open(Split.TEST, StratifiedSplit.SEED);
        assertThat(test.classNames()).isEqualTo(origin.classes());
        assertThat(test.classCounts()).startsWith(0).doesNotContain(test.size());
        Path plain = directory.resolve("others");
        write(plain, 185, 195, "boot");
        ImageSet others = DataSources.find(run, Optional.of(new DataChoice.PictureFolder(plain.toString())))
                .wholeTraining();
        assertThat(others.classCounts()[1]).isEqualTo(others.size());
    }

    /** Bags, boots and coats among so many images of each of the sample's classes, each class with a tint of its own. */
    private static void write(Path folder, int from, int to, String... classes) throws IOException {
        ImageSet sample = IdxSource.sample().wholeTraining();
        Map<String, String> names = Map.of("Bag", "bag", "Ankle boot", "boot", "Coat", "coat");
        int[] seen = new int[10];
        for (int i = 0; i < sample.size(); i++) {
            int nth = seen[sample.label(i)]++;
            String name = names.getOrDefault(sample.classNames().get(sample.label(i)), "");
            if (nth >= from && nth < to && List.of(classes).contains(name)) {
                Path file = folder.resolve(name).resolve(String.format(Locale.ROOT, "%05d.png", i));
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                ImageIO.write(tinted(sample, i), "png", file.toFile());
            }
        }
    }

    private static BufferedImage tinted(ImageSet images, int index) {
        byte[] pixels = new byte[28 * 28];
        images.copyPixels(index, pixels, 0);
        BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < pixels.length; p++) {
            int level = pixels[p] & 0xff;
            picture.setRGB(p % 28, p / 28, level << 16 | level / 2 << 8 | level / (1 + images.label(index)));
        }
        return picture;
    }
}
