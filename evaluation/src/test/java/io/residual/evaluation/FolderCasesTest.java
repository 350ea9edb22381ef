package io.residual.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.evaluation.predict.TrainedRun;
import io.residual.training.cli.ExitStatus;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of images as users have them, with the commands on the model of one run. */
@Tag("slow")
class FolderCasesTest {
    private static final int TEST_IMAGES = 9;

    @TempDir
    private static Path directory;

    private static Path run;
    private static Path data;
    private static Path others;

    @BeforeAll
    static void train() throws IOException {
        data = directory.resolve("pets");
        write(data.resolve("train/cat"), 0, 24);
        write(data.resolve("train/dog"), 30, 24);
        write(data.resolve("Test/cat"), 60, 3);
        write(data.resolve("Test/dog"), 70, 3);
        others = directory.resolve("others");
        write(others.resolve("test/cat"), 80, 3);
        write(others.resolve("test/dog"), 90, 6);
        // Without the prefix images:.
        run = TrainedRun.in(
                directory.resolve("run"),
                "--width",
                "4",
                "--epochs",
                "2",
                "--batch-size",
                "16",
                "--data",
                data.toString());
    }

    @Test
    void labelled_folders_without_a_training_part_are_evaluated() throws IOException {
        Outcome predicted = Outcome.of(
                new io.residual.evaluation.predict.Main(),
                "--run",
                run.toString(),
                "--format",
                "csv",
                others.toString());
        long right = predicted
                .out()
                .lines()
                .filter(line -> line.contains("/cat/") && line.contains(".png,cat,")
                        || line.contains("/dog/") && line.contains(".png,dog,"))
                .count();

        for (String place : List.of("images:" + others, others.toString(), "images:" + others.resolve("test"))) {
            JsonNode report = evaluate(directory.resolve("report"), "--data", place);
            assertThat(report.at("/data/images").intValue()).as(place).isEqualTo(TEST_IMAGES);
            assertThat(report.get("accuracy").doubleValue()).as(place).isEqualTo((double) right / TEST_IMAGES);
            // From the run's own validation images, wherever the others are.
            assertThat(report.at("/calibration/temperature").isNumber())
                    .as(place)
                    .isTrue();
        }
    }

    @Test
    void a_folder_that_the_run_learned_from_is_refused_for_evaluation() {
        String learned = data.resolve("train").toString();
        Outcome outcome =
                Outcome.of(new Main(), "--run", run.toString(), "--out", directory.toString(), "--data", learned);

        assertThat(outcome.status()).isEqualTo(ExitStatus.DATA.code());
        assertThat(outcome.err())
                .isEqualTo(
                        "error: " + learned + ": the run learned from 44 of these 48 images: name others, or evaluate"
                                + " on the validation images\n");
    }

    @Test
    void an_empty_path_of_images_is_refused() {
        Outcome outcome = Outcome.of(new Main(), "--run", run.toString(), "--data", "images:");

        assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE.code());
        assertThat(outcome.err())
                .startsWith("error: --data: a directory has a name")
                .contains("got 'images:'");
        assertThat(Outcome.of(new io.residual.evaluation.predict.Main(), "--run", run.toString(), "")
                        .err())
                .startsWith("error: \"\": an empty path; give a file or a folder");
    }

    @Test
    void prediction_finds_linked_images_and_skips_what_a_Mac_leaves() throws IOException {
        Path mac = directory.resolve("mac");
        write(mac.resolve("real"), 5, 1);
        Files.write(mac.resolve("real/._005.png"), new byte[] {0, 5, 22, 7, 0, 2, 0, 0});
        Files.createSymbolicLink(mac.resolve("linked"), Path.of("real"));
        Path link = Files.createSymbolicLink(directory.resolve("mac-link"), mac);

        Outcome outcome = Outcome.of(
                new io.residual.evaluation.predict.Main(), "--run", run.toString(), "--format", "csv", link.toString());

        assertThat(outcome.status()).isZero();
        assertThat(outcome.out().lines().skip(1).map(line -> line.substring(0, line.indexOf(','))))
                .containsExactly(
                        link.resolve("linked/005.png").toString(),
                        link.resolve("real/005.png").toString());
        assertThat(outcome.err())
                .startsWith("note: " + link + ": skipped files: 2 hidden (linked/._005.png, real/._005.png)\n")
                .doesNotContain("error");
    }

    @Test
    void reports_name_images_though_one_was_skipped() throws IOException {
        Path corrupt = directory.resolve("corrupt");
        write(corrupt.resolve("train/cat"), 0, 4);
        write(corrupt.resolve("train/dog"), 10, 4);
        write(corrupt.resolve("test/cat"), 20, 1);
        write(corrupt.resolve("test/dog"), 30, 1);
        Files.writeString(corrupt.resolve("train/cat/001.png"), "no picture");
        Path labels = directory.resolve("labels");

        Outcome outcome = Outcome.of(
                new io.residual.evaluation.labels.Main(),
                "--width",
                "4",
                "--epochs",
                "1",
                "--batch-size",
                "16",
                "--folds",
                "2",
                "--on-corrupt-image",
                "skip",
                "--data",
                "images:" + corrupt,
                "--dir",
                labels.toString());

        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("Skipped files: 1 corrupt (train/cat/001.png: not a PNG");
        JsonNode training = new ObjectMapper()
                .readTree(labels.resolve("labels.json").toFile())
                .at("/parts/training");
        List<String> named = new ArrayList<>();
        for (int i = 0; i < training.get("ranking").size(); i++) {
            named.add(training.at("/ranking/" + i).intValue() + " "
                    + training.at("/rankedNames/" + i).textValue());
        }
        assertThat(named)
                .containsExactlyInAnyOrder(
                        "0 train/cat/000.png",
                        "2 train/cat/002.png",
                        "3 train/cat/003.png",
                        "4 train/dog/010.png",
                        "5 train/dog/011.png",
                        "6 train/dog/012.png",
                        "7 train/dog/013.png");
    }

    @Test
    void the_report_shows_the_names_of_the_images_and_of_their_classes() throws IOException {
        Path out = directory.resolve("own");
        evaluate(out);

        assertThat(Files.readString(out.resolve("report.html")))
                .contains("Test/cat/060.png, of class cat, predicted as ")
                .contains("Test/dog/072.png, of class dog, predicted as ");
    }

    private static JsonNode evaluate(Path out, String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of("--run", run.toString(), "--out", out.toString()));
        args.addAll(List.of(more));
        Outcome outcome = Outcome.of(new Main(), args.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return new ObjectMapper().readTree(out.resolve("report.json").toFile());
    }

    /** Different pictures of one hue, 000.png and so on: cats are red, dogs are blue. */
    private static void write(Path folder, int from, int count) throws IOException {
        Files.createDirectories(folder);
        for (int i = from; i < from + count; i++) {
            BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 28 * 28; p++) {
                int level = 100 + (p * 31 + i * 17) % 100;
                image.setRGB(p % 28, p / 28, folder.endsWith("dog") ? level : level << 16);
            }
            ImageIO.write(
                    image,
                    "png",
                    folder.resolve(String.format(Locale.ROOT, "%03d.png", i)).toFile());
        }
    }
}
