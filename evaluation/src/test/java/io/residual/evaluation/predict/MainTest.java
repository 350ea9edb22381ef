package io.residual.evaluation.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.evaluation.Outcome;
import io.residual.training.cli.ExitStatus;
import io.residual.training.loop.Inference;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command, and the classifier under it, on a run that the command {@code train} made. */
@Tag("slow")
class MainTest {
    private static final int IMAGES = 150;

    @TempDir
    private static Path directory;

    private static String uncalibrated = "";
    private static Path run;
    private static Path folder;
    /** By the way that evaluation goes, on Deeplearning4j's kernels. */
    private static float[][] expected;

    @BeforeAll
    static void train() throws IOException {
        run = TrainedRun.in(directory.resolve("run"), "--width", "4", "--epochs", "2");
        uncalibrated = "note: " + run + ": the last model has no calibration, so there are no prediction sets, and"
                + " probabilities are as the network gives them: evaluate it, which calibrates it";
        folder = directory.resolve("pictures");
        TrainedRun.writePngs(folder, IMAGES);
        expected = Inference.probabilities(
                ModelFiles.load(RunDirectory.open(run), SavedModel.LAST, ComputeKernels.STOCK),
                new ImageBatches(
                        TrainedRun.testImages(), 256, InputForm.of(ImageSize.square(28)), new BatchOrder.Sequential()));
    }

    private static Outcome predict(String... args) {
        List<String> all = new ArrayList<>(List.of("--run", run.toString()));
        all.addAll(List.of(args));
        return Outcome.of(new Main(), all.toArray(String[]::new));
    }

    @Test
    void the_weights_may_be_those_of_a_file() {
        String file = run.resolve("best.safetensors").toString();
        String picture = folder.resolve("003.png").toString();
        Outcome best = predict("--checkpoint", "best", picture);
        assertThat(best.status()).isZero();
        assertThat(predict("--checkpoint", file, picture).out()).isEqualTo(best.out());

        Outcome missing = predict("--checkpoint", "bset", picture);
        assertThat(missing.status()).isEqualTo(ExitStatus.RUN.code());
        assertThat(missing.err()).contains("bset").contains("best, last or the path");
    }

    @Test
    void pictures_get_the_probabilities_that_evaluation_computes_of_the_same_images() throws IOException {
        Outcome outcome = predict("--format", "jsonl", folder.toString());
        List<String> lines = outcome.out().lines().toList();

        assertThat(outcome.status()).isZero();
        assertThat(lines).hasSize(IMAGES);
        for (int i = 0; i < IMAGES; i++) {
            JsonNode line = new ObjectMapper().readTree(lines.get(i));
            assertThat(line.get("file").textValue()).endsWith(String.format(Locale.ROOT, "%03d.png", i));
            int c = 0;
            for (JsonNode probability : line.get("probabilities")) {
                assertThat(probability.floatValue()).isCloseTo(expected[i][c++], within(1e-5f));
            }
            assertThat(c).isEqualTo(10);
        }
    }

    @Test
    void a_picture_over_a_limit_is_named_with_the_option_that_raises_it() throws IOException {
        byte[] bomb = Files.readAllBytes(folder.resolve("003.png"));
        ByteBuffer.wrap(bomb).putInt(16, 60_000).putInt(20, 60_000);
        Path large = Files.write(directory.resolve("large.png"), bomb);

        Outcome outcome = predict(large.toString());

        assertThat(outcome.status()).isEqualTo(ExitStatus.DATA.code());
        assertThat(outcome.err())
                .contains("60000 x 60000 pixels, more than the 100,000,000 allowed: reduce the picture, or raise"
                        + " --max-megapixels");
        assertThat(predict("--max-megapixels", "2001", large.toString()).status())
                .isEqualTo(ExitStatus.USAGE.code());
    }

    @Test
    void a_bad_picture_is_named_with_a_reason_and_the_others_are_done() throws IOException {
        Path bad = Files.write(directory.resolve("cut.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
        Path missing = directory.resolve("missing.png");
        Outcome outcome = predict(
                bad.toString(),
                folder.resolve("003.png").toString(),
                missing.toString(),
                folder.resolve("004.png").toString());

        assertThat(outcome.status()).isEqualTo(ExitStatus.DATA.code());
        assertThat(outcome.out().lines()).hasSize(2);
        assertThat(outcome.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("error: " + bad + ": a")
                                .contains("PNG"),
                        line -> assertThat(line).isEqualTo("error: " + missing + ": there is no such file"),
                        line -> assertThat(line).isEqualTo(uncalibrated),
                        line -> assertThat(line).isEqualTo("error: 2 of 4 could not be read"));
    }

    @Test
    void csv_has_a_header_and_quotes_what_needs_it() throws IOException {
        Path comma = Files.copy(folder.resolve("007.png"), directory.resolve("left, \"right\".png"));
        Outcome outcome = predict("--format", "csv", comma.toString());

        assertThat(outcome.out().split("\r\n"))
                .satisfiesExactly(
                        head -> assertThat(head)
                                .isEqualTo("file,class,probability,inverted,T-shirt/top,Trouser,Pullover,Dress,Coat,"
                                        + "Sandal,Shirt,Sneaker,Bag,Ankle boot,abstained,set,energy,outlierPValue"),
                        line -> assertThat(line)
                                .contains("left, \"\"right\"\".png\",")
                                .contains(",false,"));
    }

    @Test
    void files_come_from_a_list_on_standard_input() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream((folder.resolve("011.png") + "\n\n" + folder.resolve("002.png") + "\n")
                .getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(predict("-").out().lines())
                    .satisfiesExactly(
                            line -> assertThat(line).contains("011.png: "),
                            line -> assertThat(line).contains("002.png: "));
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void a_light_ground_is_remarked_on_and_inverted_on_demand() throws IOException {
        BufferedImage white = new BufferedImage(30, 40, BufferedImage.TYPE_BYTE_GRAY);
        white.getGraphics().fillRect(0, 0, 30, 40);
        Path file = directory.resolve("white.bmp");
        ImageIO.write(white, "bmp", file.toFile());
        String light = file.toString();

        assertThat(predict(light).err()).contains("--invert auto");
        assertThat(predict("--invert", "yes", light).out()).contains("(inverted)");
    }

    @Test
    void an_empty_folder_is_an_error() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertThat(predict(empty.toString()))
                .isEqualTo(new Outcome(
                        ExitStatus.DATA.code(),
                        "",
                        "error: " + empty + ": the folder has no images\n" + "error: 1 of 1 could not be read\n"));
    }

    @Test
    void many_threads_get_the_answers_to_their_own_pictures() throws IOException {
        try (Classifier classifier = Classifier.open(run)) {
            List<CompletableFuture<Prediction>> answers = new ArrayList<>();
            for (int i = 0; i < IMAGES; i++) {
                Path file = folder.resolve(String.format(Locale.ROOT, "%03d.png", i));
                answers.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return classifier.classify(file);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            for (int i = 0; i < IMAGES; i++) {
                assertThat(answers.get(i).join().probabilities().get(3).probability())
                        .isCloseTo(expected[i][3], within(1e-5));
            }
        }
    }
}
