package io.residual.evaluation.labels;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.evaluation.predict.TrainedRun;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on the built-in sample, with networks that are trained briefly. */
@Tag("slow")
class MainTest {
    private static final String[] SETTINGS = {"--data", "sample", "--width", "4", "--epochs", "2", "--batch-size", "64"
    };

    @TempDir
    private static Path directory;

    private static Path run;
    private static Path place;
    private static String text;
    private static JsonNode json;

    @BeforeAll
    static void search() throws IOException {
        run = TrainedRun.in(directory.resolve("run"), "--width", "4", "--epochs", "2");
        place = directory.resolve("labels");
        StringWriter out = new StringWriter();
        assertThat(labels(out, place, "--folds", "2", "--run", run.toString())).isZero();
        text = out.toString();
        json = new ObjectMapper().readTree(place.resolve("labels.json").toFile());
    }

    @Test
    void every_training_image_is_evaluated_and_the_test_images_by_the_given_run() {
        assertThat(json.at("/parts/training/images").intValue()).isEqualTo(2000);
        assertThat(json.at("/parts/test/images").intValue()).isEqualTo(500);
        assertThat(json.at("/parts/test/run").textValue()).isEqualTo(run.toString());
        for (String part : List.of("training", "test")) {
            JsonNode judged = json.at("/parts/" + part);
            assertThat(judged.get("accuracyWithoutSuspects").doubleValue())
                    .isGreaterThan(judged.get("accuracy").doubleValue());
            assertThat(StreamSupport.stream(judged.get("joint").spliterator(), false)
                            .flatMap(row -> StreamSupport.stream(row.spliterator(), false))
                            .mapToDouble(JsonNode::doubleValue)
                            .sum())
                    .isBetween(1 - 1e-9, 1 + 1e-9);
        }
    }

    @Test
    void the_test_images_have_the_accuracy_that_evaluate_reports() throws IOException {
        PrintWriter unseen = new PrintWriter(new StringWriter());
        CommandRunner.run(new io.residual.evaluation.Main(), unseen, unseen, "--run", run.toString());
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        assertThat(json.at("/parts/test/accuracy").doubleValue())
                .isEqualTo(report.get("accuracy").doubleValue());
    }

    @Test
    void the_csv_has_a_line_for_each_suspect_in_the_order_of_the_json() throws IOException {
        List<String> lines = Files.readAllLines(place.resolve("suspects.csv"));
        JsonNode suspects = json.at("/parts/training/suspects");
        assertThat(lines)
                .hasSize(1 + suspects.size() + json.at("/parts/test/suspects").size());
        assertThat(lines.get(0)).isEqualTo("part,position,label,likely,self_confidence,normalized_margin,name");
        JsonNode third = suspects.get(2);
        assertThat(lines.get(3))
                .startsWith("training," + third.get("position") + ","
                        + third.get("label").textValue() + ","
                        + third.get("likely").textValue() + ",")
                .endsWith(",train-images-idx3-ubyte[" + third.get("position") + "]");
    }

    @Test
    void the_page_shows_the_figures_and_the_suspects() throws IOException {
        String page = Files.readString(place.resolve("labels.html"));
        assertThat(page)
                .contains("<h2", "Suspect labels", "Noise matrix", "Duplicate images", "Test images")
                .contains(json.at("/parts/training/suspects/0/name").textValue());
        assertThat(text).contains("Images of the training part: 2,000").contains("labels.html");
    }

    @Test
    void the_same_command_trains_nothing_again_and_a_lost_fold_alone_is_made_again() throws IOException {
        byte[] report = Files.readAllBytes(place.resolve("labels.json"));
        Path probabilities = place.resolve("fold-1/out-of-sample.safetensors");
        byte[] first = Files.readAllBytes(probabilities);
        Files.write(probabilities, new byte[] {1, 2, 3});
        Path kept = place.resolve("fold-2/last.safetensors");
        Files.delete(kept);

        assertThat(labels(new StringWriter(), place, "--folds", "2", "--run", run.toString()))
                .isZero();
        assertThat(Files.readAllBytes(probabilities)).isEqualTo(first);
        assertThat(kept).doesNotExist();
        assertThat(Files.readAllBytes(place.resolve("labels.json"))).isEqualTo(report);
    }

    @Test
    void other_settings_in_the_same_directory_are_rejected() {
        StringWriter errors = new StringWriter();
        assertThat(labels(errors, place, "--folds", "2", "--seed", "9")).isEqualTo(ExitStatus.RUN.code());
        assertThat(errors.toString()).contains("fold-1").contains("another run directory");
    }

    @Test
    void a_wrong_option_is_an_error_before_anything_is_trained() {
        Path none = directory.resolve("none");
        StringWriter errors = new StringWriter();
        assertThat(labels(errors, none, "--folds", "1")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(labels(errors, none, "--like", "NaN")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(labels(errors, none, "--patience", "1")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(labels(errors, none, "--folds", "201")).isEqualTo(ExitStatus.DATA.code());
        assertThat(errors.toString())
                .contains("folds: expected a number of at least 2, got 1")
                .contains("--like: expected a number from 0 to 255, got NaN")
                .contains("patience: a fold that stops early")
                .contains("too few images of class T-shirt/top (200) for 201 folds");
        assertThat(none).doesNotExist();
    }

    @Test
    void a_port_in_use_is_an_error_before_anything_is_trained() throws IOException {
        Path none = directory.resolve("none");
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            StringWriter errors = new StringWriter();
            assertThat(labels(errors, none, "--review", "--reviewer", "anna", "--port", other.getLocalPort() + ""))
                    .isEqualTo(ExitStatus.ADDRESS.code());
            assertThat(errors.toString())
                    .startsWith("error: 127.0.0.1:" + other.getLocalPort() + ": cannot listen there")
                    .contains("Give another --port");
        }
        assertThat(none).doesNotExist();
    }

    @Test
    void without_test_images_the_training_images_are_reported_and_a_run_to_evaluate_them_is_refused_first()
            throws IOException {
        Path flat = directory.resolve("flat");
        TrainedRun.writePngs(flat.resolve("cat"), 12);
        TrainedRun.writePngs(flat.resolve("dog"), 12);
        String[] images = {"--data", "images:" + flat, "--batch-size", "8", "--epochs", "1", "--width", "4"};
        Path report = directory.resolve("flat-labels");
        List<String> options = new ArrayList<>(List.of(images));
        options.addAll(List.of("--folds", "2", "--dir", report.toString()));
        StringWriter printed = new StringWriter();

        assertThat(labels(printed, options)).as(printed.toString()).isZero();

        JsonNode found =
                new ObjectMapper().readTree(report.resolve("labels.json").toFile());
        assertThat(found.get("parts").fieldNames()).toIterable().containsExactly("training");
        assertThat(found.at("/likeImages/between")).hasSize(1);
        assertThat(found.at("/likeImages/between/0/differentLabels").intValue()).isGreaterThanOrEqualTo(12);

        Path trained = TrainedRun.in(directory.resolve("flat-run"), images);
        Path none = directory.resolve("flat-none");
        StringWriter errors = new StringWriter();
        List<String> withRun = new ArrayList<>(List.of(images));
        withRun.addAll(List.of("--folds", "2", "--dir", none.toString(), "--run", trained.toString()));
        assertThat(labels(errors, withRun)).isEqualTo(ExitStatus.DATA.code());
        assertThat(errors.toString()).startsWith("error: " + flat + ": there are no test images");
        assertThat(none).doesNotExist();
    }

    private static int labels(StringWriter text, Path place, String... more) {
        List<String> args = new ArrayList<>(List.of(SETTINGS));
        args.addAll(List.of("--dir", place.toString()));
        args.addAll(List.of(more));
        return labels(text, args);
    }

    private static int labels(StringWriter text, List<String> args) {
        PrintWriter out = new PrintWriter(text);
        return CommandRunner.run(new Main(), out, out, args.toArray(String[]::new));
    }
}
