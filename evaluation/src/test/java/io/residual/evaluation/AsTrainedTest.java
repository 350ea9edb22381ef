package io.residual.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.evaluation.labels.ConfidentLearning;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.metrics.Temperature;
import io.residual.evaluation.model.ModelChoice;
import io.residual.evaluation.model.TrainedModel;
import io.residual.evaluation.predict.TrainedRun;
import io.residual.evaluation.report.Evaluation;
import io.residual.training.cli.CommandRunner;
import io.residual.training.config.DataChoice;
import io.residual.training.device.InferenceDevice;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.RunDirectory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that were trained to see the same pictures at different sizes, cut and in other colours. */
@Tag("slow")
class AsTrainedTest {
    @TempDir
    private static Path directory;

    private static Path pictures;
    private static RunDirectory small;

    @BeforeAll
    static void a_small_run() throws IOException {
        pictures = directory.resolve("pictures");
        for (String part : List.of("train", "test")) {
            for (int i = 0; i < (part.equals("train") ? 24 : 8); i++) {
                write(pictures.resolve(part).resolve("cat"), i, 1);
                write(pictures.resolve(part).resolve("dog"), i, 3);
            }
        }
        small = train("small", pictures);
    }

    @Test
    void a_model_of_another_size_cut_or_colour_is_compared_by_what_it_was_trained_to_see() {
        List<RunDirectory> others = List.of(
                train("big", pictures, "--image-size", "56"),
                train("cropped", pictures, "--fit", "crop"),
                train("grey", pictures, "--colour", "grey", "--mean", "0.3"));
        List<Scores> members = new ArrayList<>(List.of(evaluate(small).scores()));
        for (RunDirectory other : others) {
            Scores alone = evaluate(other).scores();
            Scores compared = request(small, Split.TEST, List.of(), Optional.of(other))
                    .execute()
                    .comparison()
                    .orElseThrow()
                    .scores();

            assertSame(compared, alone);
            members.add(alone);
        }

        Scores ensemble = request(small, Split.TEST, others, Optional.empty())
                .execute()
                .variants()
                .get(0)
                .scores();
        assertSame(ensemble, Scores.mean(members));
    }

    @Test
    void labels_of_test_images_are_evaluated_by_what_the_run_was_trained_to_see() throws IOException {
        RunDirectory big = train("big-for-labels", pictures, "--image-size", "56");
        Path place = directory.resolve("labels");
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);

        int status = CommandRunner.run(
                new io.residual.evaluation.labels.Main(),
                out,
                out,
                ("--folds 2 --epochs 1 --width 4 --batch-size 16 --kernels stock --data images:" + pictures + " --dir "
                                + place + " --run " + big)
                        .split(" "));

        assertThat(status).as(printed.toString()).isZero();
        JsonNode thresholds = new ObjectMapper()
                .readTree(place.resolve("labels.json").toFile())
                .at("/parts/test/thresholds");
        assertThat(thresholds)
                .map(JsonNode::doubleValue)
                .isEqualTo(ConfidentLearning.of(evaluate(big).scores()).thresholds());
    }

    @Test
    void a_model_of_other_classes_is_refused_by_their_names() throws IOException {
        Path renamed = directory.resolve("renamed");
        for (int i = 0; i < 24; i++) {
            write(renamed.resolve("cat"), i, 1);
            write(renamed.resolve("fox"), i, 3);
        }
        RunDirectory other = train("other", renamed);

        assertThatThrownBy(() -> request(small, Split.TEST, List.of(), Optional.of(other))
                        .execute())
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
                .hasMessage("the images are of the classes dog, cat, the model of " + other
                        + " knows fox, cat: give images of the run's own classes");
    }

    @Test
    void classes_in_another_order_are_matched_by_name() {
        TrainedModel model = TrainedModel.load(small, ModelChoice.last(), ComputeKernels.STOCK);
        byte[][] pixels = new byte[4][3 * 28 * 28];
        pixels[1][40] = 100;
        pixels[2][1000] = -1;
        ImageSet images = ImageSet.of(
                new ImageShape(3, 28, 28), List.of("cat", "dog"), new TreeMap<>(), pixels, new int[] {0, 1, 0, 1});
        ImageSet turned = ImageSet.of(
                new ImageShape(3, 28, 28), List.of("dog", "cat"), new TreeMap<>(), pixels, new int[] {1, 0, 1, 0});

        Scores scores = model.probabilities(images);
        Scores other = model.probabilities(turned);

        for (int i = 0; i < 4; i++) {
            assertThat(other.row(i)).containsExactly(scores.score(i, 1), scores.score(i, 0));
            assertThat(other.isRight(i)).isEqualTo(scores.isRight(i));
        }
    }

    @Test
    void a_temperature_is_fitted_on_the_images_held_back_wherever_the_test_images_are() throws IOException {
        Path grown = directory.resolve("grown");
        copy(pictures, grown);
        RunDirectory run = train("of-grown", grown);
        Scores held = request(run, Split.VALIDATION, List.of(), Optional.empty())
                .execute()
                .scores();
        Path others = directory.resolve("others");
        for (String part : List.of("train", "test")) {
            for (int i = 30; i < 50; i++) {
                write(others.resolve(part).resolve("cat"), i, 1);
                write(others.resolve(part).resolve("dog"), i, 3);
            }
        }
        for (int i = 30; i < 50; i++) {
            write(grown.resolve("train").resolve("cat"), i, 1);
            write(grown.resolve("train").resolve("dog"), i, 3);
        }

        Evaluation evaluation = new EvaluationRequest(
                        run,
                        ModelChoice.last(),
                        Split.TEST,
                        Optional.of(DataChoice.of("images:" + others)),
                        List.of(),
                        1,
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        InferenceDevice.cpu(ComputeKernels.STOCK))
                .execute();

        assertThat(evaluation.images().size()).isEqualTo(40);
        assertThat(evaluation.temperature()).hasValue(Temperature.fit(held));
    }

    @Test
    void runs_are_not_compared_on_images_that_one_of_them_learned_from() throws IOException {
        Path fewer = directory.resolve("fewer");
        copy(pictures, fewer);
        Files.delete(fewer.resolve("train/cat/000.png"));
        Files.delete(fewer.resolve("train/dog/001.png"));
        RunDirectory other = train("of-fewer", fewer);

        assertThatThrownBy(() -> request(small, Split.VALIDATION, List.of(other), Optional.empty())
                        .execute())
                .isInstanceOf(ResidualException.class)
                .hasMessageMatching(
                        other + ": learned from \\d of the 4 images that " + small + " held back: use the test images");
    }

    private static Evaluation evaluate(RunDirectory run) {
        return request(run, Split.TEST, List.of(), Optional.empty()).execute();
    }

    private static EvaluationRequest request(
            RunDirectory run, Split split, List<RunDirectory> ensemble, Optional<RunDirectory> compared) {
        return new EvaluationRequest(
                run,
                ModelChoice.last(),
                split,
                Optional.empty(),
                List.of(),
                1,
                ensemble,
                List.of(),
                compared,
                InferenceDevice.cpu(ComputeKernels.STOCK));
    }

    private static RunDirectory train(String name, Path data, String... more) {
        List<String> options = new ArrayList<>(
                List.of("--width", "4", "--epochs", "1", "--batch-size", "16", "--data", "images:" + data));
        options.addAll(List.of(more));
        return RunDirectory.open(TrainedRun.in(directory.resolve(name), options.toArray(String[]::new)));
    }

    private static void assertSame(Scores actual, Scores expected) {
        assertThat(actual.labels()).isEqualTo(expected.labels());
        assertThat(IntStream.range(0, actual.examples()).mapToObj(actual::row))
                .containsExactly(IntStream.range(0, expected.examples())
                        .mapToObj(expected::row)
                        .toArray(float[][]::new));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** Stripes of a width that is gone at another size, wider than high, and none like another. */
    private static void write(Path folder, int number, int stripes) throws IOException {
        BufferedImage picture = new BufferedImage(72, 56, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 72 * 56; p++) {
            int x = p % 72;
            int level = x / stripes % 2 * 200 + (p == number ? 50 : 0);
            picture.setRGB(x, p / 72, x < 10 ? number * 4 << 16 : level << 16 | level / 2 << 8 | number);
        }
        Path file = folder.resolve(String.format(Locale.ROOT, "%03d.png", number));
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        ImageIO.write(picture, "png", file.toFile());
    }
}
