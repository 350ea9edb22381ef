package io.residual.evaluation.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.evaluation.Outcome;
import io.residual.training.cli.ExitStatus;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets, abstaining and outliers of the command, on a run that was evaluated. */
@Tag("slow")
class CertaintyTest {
    private static final int IMAGES = 100;

    @TempDir
    private static Path directory;

    private static Path run;
    private static Path folder;
    private static Path noise;

    @BeforeAll
    static void trainAndEvaluate() throws IOException {
        run = TrainedRun.in(directory.resolve("run"), "--width", "4", "--epochs", "2", "--batch-size", "32");
        folder = directory.resolve("pictures");
        TrainedRun.writePngs(folder, IMAGES);
        noise = Files.createDirectory(directory.resolve("noise"));
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setPixels(0, 0, 28, 28, random.ints(784, 0, 256).toArray());
            ImageIO.write(image, "png", noise.resolve(i + ".png").toFile());
        }
        assertThat(Outcome.of(
                                new io.residual.evaluation.Main(),
                                "--run",
                                run.toString(),
                                "--out-of-distribution",
                                noise.toString())
                        .status())
                .isZero();
    }

    private static Outcome predict(String... args) {
        List<String> all = new ArrayList<>(List.of("--run", run.toString(), "--format", "jsonl"));
        all.addAll(List.of(args));
        return Outcome.of(new Main(), all.toArray(String[]::new));
    }

    private static List<JsonNode> predictions(String... args) throws IOException {
        Outcome outcome = predict(args);
        assertThat(outcome.err()).doesNotContain("calibrat");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : outcome.out().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    private static JsonNode report() throws IOException {
        return new ObjectMapper().readTree(run.resolve("report.json").toFile()).required("uncertainty");
    }

    @Test
    void a_set_has_the_classes_of_at_least_the_threshold_that_the_report_names() throws IOException {
        JsonNode sets = report().required("predictionSets").get(0);
        double threshold = sets.required("threshold").doubleValue();
        List<JsonNode> predictions = predictions("--coverage", "0.9", folder.toString());
        assertThat(predictions).hasSize(IMAGES);
        for (JsonNode prediction : predictions) {
            List<String> expected = new ArrayList<>();
            prediction.required("probabilities").fields().forEachRemaining(entry -> {
                if (entry.getValue().floatValue() >= (float) threshold) {
                    expected.add(entry.getKey());
                }
            });
            assertThat(prediction.required("set"))
                    .extracting(JsonNode::textValue)
                    .containsExactlyElementsOf(expected);
            assertThat(prediction.required("coverage").doubleValue()).isEqualTo(0.9);
        }
        // Of 500 images, with 170 to calibrate on.
        assertThat(sets.required("coverage").doubleValue())
                .isBetween(
                        sets.required("expectedCoverage").required("low").doubleValue(),
                        sets.required("expectedCoverage").required("high").doubleValue());
    }

    @Test
    void below_a_probability_no_class_is_predicted() throws IOException {
        List<JsonNode> all = predictions(folder.toString());
        List<JsonNode> sure = predictions("--abstain-below", "0.6", folder.toString());
        for (int i = 0; i < IMAGES; i++) {
            boolean unlikely = all.get(i).required("probability").doubleValue() < 0.6;
            assertThat(sure.get(i).required("abstained").booleanValue()).isEqualTo(unlikely);
            assertThat(sure.get(i).required("class").textValue())
                    .isEqualTo(unlikely ? null : all.get(i).required("class").textValue());
        }
        assertThat(sure)
                .extracting(line -> line.required("abstained").booleanValue())
                .contains(true, false);
        String picture = folder.resolve("003.png").toString();
        assertThat(Outcome.of(new Main(), "--run", run.toString(), "--abstain-below", "1", picture)
                        .out())
                .contains("003.png: not sure (")
                .contains("; 95 % set: ")
                .containsPattern("; energy -?\\d+\\.\\d\\d, p \\d\\.\\d{4}\\R");
    }

    @Test
    void the_energies_of_predictions_are_those_of_the_report() throws IOException {
        JsonNode group = report().required("outOfDistribution").get(0);
        List<JsonNode> predictions = predictions(noise.toString());
        assertThat(group.required("images").intValue()).isEqualTo(20);
        double flagged = predictions.stream()
                        .filter(line -> line.required("outlierPValue").floatValue() <= 0.05f)
                        .count()
                / 20.0;
        assertThat(group.required("flagged").doubleValue()).isCloseTo(flagged, within(1e-9));
        assertThat(group.required("energyAuroc").doubleValue()).isBetween(0.0, 1.0);
    }

    @Test
    void a_coverage_that_the_validation_images_are_too_few_for_is_an_error() {
        Outcome outcome = predict("--coverage", "0.999", folder.toString());
        assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE.code());
        assertThat(outcome.err())
                .matches("error: coverage: 0\\.999 needs at least 999 calibration images, there are 170: ask for a"
                        + " coverage of at most 0\\.9941, or hold back more images\\R");
        assertThat(predict("--coverage", "1", folder.toString()).err())
                .isEqualTo("error: coverage: must be above 0 and below 1, got 1.0\n");
        assertThat(predict("--abstain-below", "NaN", folder.toString()).err())
                .isEqualTo("error: abstainBelow: a probability must be from 0 to 1, got NaN\n");
    }

    @Test
    void without_a_calibration_of_these_weights_there_are_no_sets_and_a_note_says_why() throws IOException {
        RunDirectory directory = RunDirectory.open(run);
        Path calibration = directory.calibrationFile(SavedModel.LAST);
        String picture = folder.resolve("003.png").toString();
        String text = Files.readString(calibration);
        try {
            for (String damaged : List.of(
                    text.substring(0, text.length() / 2),
                    text.replaceFirst("\"temperature\":[^,]+", "\"temperature\":-1"),
                    text.replaceFirst("\"energies\":\\[", "\"energies\":[1e39,"),
                    text.replaceFirst("\"trueClassProbabilities\":\\[", "\"trueClassProbabilities\":[2.0,"))) {
                Files.writeString(calibration, damaged);
                assertThat(predict(picture).status()).isEqualTo(ExitStatus.RUN.code());
                assertThat(predict(picture).err())
                        .startsWith("error: " + calibration + ": ")
                        .hasLineCount(1);
            }
            Files.writeString(calibration, text.replaceFirst("\"modelSha256\":\"....", "\"modelSha256\":\"0000"));
            Outcome other = predict(picture);
            assertThat(other.status()).isZero();
            assertThat(other.err()).startsWith("note: " + calibration + ": is of other weights than the run has now");
            JsonNode line = new ObjectMapper().readTree(other.out());
            assertThat(line.required("set").isNull()).isTrue();
            assertThat(line.required("outlierPValue").isNull()).isTrue();

            Files.delete(calibration);
            assertThat(predict("--coverage", "0.9", picture).err())
                    .isEqualTo("error: " + run + ": the last model has no calibration, which prediction sets need:"
                            + " evaluate it, which calibrates it\n");
        } finally {
            Files.writeString(calibration, text);
        }
    }

    @Test
    void a_damaged_calibration_of_the_other_checkpoint_does_not_matter() throws IOException {
        Path other = RunDirectory.open(run).calibrationFile(SavedModel.BEST);
        Files.writeString(other, "{");
        try {
            assertThat(predictions(folder.resolve("003.png").toString()).get(0).required("set"))
                    .isNotEmpty();
            assertThat(predict("--checkpoint", "best", folder.resolve("003.png").toString())
                            .err())
                    .startsWith("error: " + other + ": ");
        } finally {
            Files.delete(other);
        }
    }

    @Test
    void a_calibration_that_is_of_the_same_weights_is_found_beside_a_damaged_one() throws IOException {
        RunDirectory directory = RunDirectory.open(run);
        Path last = directory.calibrationFile(SavedModel.LAST);
        Path weights = CertaintyTest.directory.resolve("copied.safetensors");
        Files.copy(directory.modelFile(SavedModel.LAST), weights);
        Path other = directory.calibrationFile(SavedModel.BEST);
        Files.copy(last, other);
        String text = Files.readString(last);
        try {
            Files.writeString(last, "{");
            assertThat(predictions(
                                    "--checkpoint",
                                    weights.toString(),
                                    folder.resolve("003.png").toString())
                            .get(0)
                            .required("set"))
                    .isNotEmpty();
        } finally {
            Files.writeString(last, text);
            Files.delete(other);
        }
    }

    @Test
    void a_program_gets_sets_from_a_classifier() throws IOException {
        try (Classifier classifier = Classifier.open(run)) {
            Prediction prediction = classifier.classify(folder.resolve("003.png"));
            assertThat(classifier.limitation()).isEmpty();
            assertThat(prediction.certainty().set().orElseThrow().coverage()).isEqualTo(0.95);
            assertThat(prediction.probabilities().stream()
                            .mapToDouble(Prediction.ClassProbability::probability)
                            .sum())
                    .isCloseTo(1, within(1e-6));
            assertThat(IntStream.range(0, 10).mapToObj(classifier.classNames()::get))
                    .containsAll(prediction.certainty().set().orElseThrow().classNames());
        }
    }
}
