package io.residual.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.config.Preset;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What went wrong for users of other programs, with our commands; docs/cases.md has the threads. */
@Tag("slow")
class SituationsTest {
    private static final String[] SMALL = {
        "--preset",
        "quick",
        "--flavour",
        "torchvision",
        "--family",
        "cifar",
        "--depth",
        "8",
        "--width",
        "4",
        "--learning-rate",
        "0.05"
    };
    private static final Map<String, Color> COLOURS =
            Map.of("cat", new Color(200, 20, 20), "dog", new Color(20, 20, 200), "fox", new Color(20, 200, 20));

    @TempDir
    private static Path folder = Path.of("not made");

    private static Path trained = Path.of("not trained");

    private record Result(int status, String text) {}

    @BeforeAll
    static void train() throws IOException {
        Path images = folder.resolve("images");
        for (String name : List.of("cat", "dog", "fox")) {
            write(images.resolve("train"), name, 16);
        }
        trained = folder.resolve("trained");
        Result result = train(images, trained, "--epochs", "8", "--batch-size", "8");
        assertThat(result.status()).as(result.text()).isZero();
    }

    @Test
    void a_test_part_without_one_of_the_classes_is_matched_by_name() throws IOException {
        Path images = folder.resolve("without-cats");
        for (String name : COLOURS.keySet()) {
            write(images.resolve("train"), name, 2);
        }
        write(images.resolve("test"), "dog", 6);
        write(images.resolve("test"), "fox", 4);

        JsonNode report = evaluate(images);

        assertThat(report.get("accuracy").doubleValue()).isEqualTo(1);
        assertThat(report.findValuesAsText("support")).containsExactly("0", "6", "4");
    }

    @Test
    void numbers_as_class_names_are_names() throws IOException {
        Path images = folder.resolve("numbers");
        List<Color> colours = List.copyOf(COLOURS.values());
        for (int i = 0; i < 3; i++) {
            for (int n = 0; n < 16; n++) {
                save(
                        images.resolve("train/" + List.of(1, 2, 10).get(i) + "/" + n + ".png"),
                        picture(colours.get(i), n));
            }
        }
        Path run = folder.resolve("numbers-run");
        train(images, run, "--epochs", "8", "--batch-size", "8");
        Result result = predict(run, images.resolve("train/10/3.png"), images.resolve("train/2/3.png"));

        assertThat(result.text().lines()).anyMatch(line -> line.contains("10/3.png,10,"));
        assertThat(result.text().lines()).anyMatch(line -> line.contains("2/3.png,2,"));
    }

    @ParameterizedTest
    @CsvSource({"--learning-rate, learningRate", "--epochs, epochs", "--momentum, momentum", "--schedule, schedule"})
    void a_run_resumes_with_no_other_setting_and_says_which(String option, String setting) {
        String value = Map.of("--learning-rate", "0.2", "--epochs", "9", "--momentum", "0.9", "--schedule", "cosine")
                .getOrDefault(option, "");
        Result result =
                run(new io.residual.training.cli.Main(), "--resume", "--run", trained.toString(), option, value);

        assertThat(result.status()).isNotZero();
        assertThat(result.text()).containsAnyOf(option, setting).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"5, 64", "9, 8", "3, 2"})
    void fewer_images_than_a_batch_and_a_last_batch_of_one_are_trained_on(int images, int batch) throws IOException {
        Path few = folder.resolve("few-" + images);
        write(few.resolve("train"), "cat", images);
        write(few.resolve("train"), "dog", images);
        write(few.resolve("val"), "cat", 1);
        write(few.resolve("val"), "dog", 1);
        Path run = folder.resolve("few-run-" + images);

        assertThat(train(few, run, "--epochs", "1", "--batch-size", String.valueOf(batch))
                        .status())
                .isZero();
        JsonNode epoch =
                new ObjectMapper().readTree(run.resolve("metrics.jsonl").toFile());
        assertThat(epoch.get("trainLoss").doubleValue()).isPositive();
    }

    @Test
    void a_single_class_is_refused_before_a_run_is_there() throws IOException {
        Path images = folder.resolve("one-class");
        write(images, "cat", 20);
        Path run = folder.resolve("one-class-run");

        Result result = train(images, run, "--epochs", "1");

        assertThat(result.status()).isEqualTo(ExitStatus.DATA.code());
        assertThat(result.text()).contains("cat").hasLineCount(1);
        assertThat(run).doesNotExist();
    }

    @Test
    void a_class_of_fewer_images_than_folds_is_refused_before_the_first_fold() throws IOException {
        Path images = folder.resolve("few-dogs");
        write(images, "cat", 20);
        write(images, "dog", 3);
        Path place = folder.resolve("labels");
        List<String> args = new ArrayList<>(List.of(SMALL));
        args.addAll(List.of(
                "--data",
                "images:" + images,
                "--folds",
                "5",
                "--epochs",
                "1",
                "--batch-size",
                "8",
                "--dir",
                place.toString()));

        Result result = run(new io.residual.evaluation.labels.Main(), args.toArray(String[]::new));

        assertThat(result.status()).isEqualTo(ExitStatus.DATA.code());
        assertThat(result.text()).contains("class dog (3) for 5 folds").hasLineCount(1);
        assertThat(place).doesNotExist();
    }

    @Test
    void pictures_of_one_name_in_several_folders_are_kept_apart() throws IOException {
        for (String name : List.of("cat", "dog")) {
            save(folder.resolve("same/" + name + "/a.png"), picture(Objects.requireNonNull(COLOURS.get(name)), 1));
            save(folder.resolve("same/" + name + "/a.jpg"), picture(Objects.requireNonNull(COLOURS.get(name)), 2));
        }
        Result result = predict(trained, folder.resolve("same/cat"), folder.resolve("same/dog"));

        assertThat(result.text()
                        .lines()
                        .skip(1)
                        .filter(line -> !line.startsWith("note: "))
                        .map(line -> line.split(",")[0]))
                .hasSize(4)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({
        "'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n', Git LFS",
        "'<!DOCTYPE html><html><head><title>Sign in</title></head></html>', web page"
    })
    void what_was_downloaded_in_place_of_weights_is_named(String content, String name) throws IOException {
        Path weights = Files.writeString(folder.resolve("weights.safetensors"), content);
        Path run = folder.resolve("no-weights");
        Result result = train(folder.resolve("images"), run, "--epochs", "1", "--start-from", weights.toString());

        assertThat(result.status()).isEqualTo(ExitStatus.DATA.code());
        assertThat(result.text()).contains(name).hasLineCount(1);
        assertThat(run).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"1e-2, 0.01", "1E-2, 0.01", "1.0e-2, 0.01", "+.01, 0.01"})
    void a_rate_in_scientific_notation_is_a_number(String text, double rate) throws IOException {
        Path preset = Files.writeString(
                folder.resolve("preset.yaml"),
                Files.readString(trained.resolve("spec.yaml"))
                        .replaceFirst("learningRate: .*", "learningRate: " + text));

        assertThat(Preset.resolve(preset.toString(), Map.of())
                        .spec()
                        .optimisation()
                        .toString())
                .contains("learningRate=" + rate);
    }

    @Test
    void patience_counts_on_when_a_run_resumes() throws IOException {
        String[] slow = {"--patience", "2", "--epochs", "9", "--batch-size", "8"};
        Path unbroken = folder.resolve("patient");
        assertThat(train(folder.resolve("images"), unbroken, slow).status()).isZero();
        Path broken = folder.resolve("patient-broken");
        List<String> stopped = new ArrayList<>(List.of(slow));
        stopped.addAll(List.of("--stop-after", "2"));
        train(folder.resolve("images"), broken, stopped.toArray(String[]::new));

        assertThat(run(new io.residual.training.cli.Main(), "--resume", "--run", broken.toString())
                        .status())
                .isZero();

        assertThat(Files.readAllLines(broken.resolve("metrics.jsonl")))
                .hasSameSizeAs(Files.readAllLines(unbroken.resolve("metrics.jsonl")))
                .hasSizeLessThan(9);
    }

    @Test
    void an_empty_class_folder_is_named() throws IOException {
        Path images = folder.resolve("empty-class");
        write(images, "cat", 12);
        write(images, "dog", 12);
        Files.createDirectories(images.resolve("fox"));

        Path run = folder.resolve("empty-class-run");

        Result result = train(images, run, "--epochs", "1", "--batch-size", "8");

        assertThat(result.status()).isEqualTo(ExitStatus.DATA.code());
        assertThat(result.text()).contains("fox").hasLineCount(1);
        assertThat(run).doesNotExist();
    }

    @Test
    void photographs_of_a_telephone_that_cannot_be_read_are_counted_by_their_format() throws IOException {
        Path images = folder.resolve("telephone");
        write(images, "cat", 12);
        write(images, "dog", 12);
        byte[] heic = "\0\0\0\u0018ftypheic\0\0\0\0mif1heic".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(images.resolve("dog/IMG_0001.HEIC"), heic);
        Files.write(images.resolve("dog/IMG_0002.HEIC"), heic);

        Path run = folder.resolve("telephone-run");

        assertThat(train(images, run, "--epochs", "1", "--batch-size", "8").status())
                .isZero();

        assertThat(Files.readString(run.resolve("train.log")))
                .contains("2 not an image (dog/IMG_0001.HEIC, dog/IMG_0002.HEIC)");
    }

    @Test
    void a_grey_picture_among_coloured_ones_is_read_as_one_of_them() throws IOException {
        Path images = folder.resolve("mixed");
        write(images, "cat", 12);
        write(images, "dog", 12);
        BufferedImage grey = new BufferedImage(30, 30, BufferedImage.TYPE_BYTE_GRAY);
        save(images.resolve("dog/grey.png"), grey);
        Path run = folder.resolve("mixed-run");

        assertThat(train(images, run, "--epochs", "1", "--batch-size", "8").status())
                .isZero();
        assertThat(predict(run, images.resolve("dog/grey.png")).status()).isZero();
    }

    private static JsonNode evaluate(Path images) throws IOException {
        Path out = folder.resolve("report");
        Result result =
                run(new Main(), "--run", trained.toString(), "--data", "images:" + images, "--out", out.toString());
        assertThat(result.status()).as(result.text()).isZero();
        return new ObjectMapper().readTree(out.resolve("report.json").toFile());
    }

    private static Result predict(Path run, Path... pictures) {
        List<String> args = new ArrayList<>(List.of("--run", run.toString(), "--format", "csv"));
        for (Path picture : pictures) {
            args.add(picture.toString());
        }
        return run(new io.residual.evaluation.predict.Main(), args.toArray(String[]::new));
    }

    private static Result train(Path images, Path run, String... more) {
        List<String> args = new ArrayList<>(List.of(SMALL));
        args.addAll(List.of("--data", "images:" + images, "--run", run.toString()));
        args.addAll(List.of(more));
        return run(new io.residual.training.cli.Main(), args.toArray(String[]::new));
    }

    private static Result run(Object command, String... args) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        int status = CommandRunner.run(command, out, out, args);
        return new Result(status, text.toString());
    }

    private static void write(Path parent, String name, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            save(parent.resolve(name + "/" + i + ".png"), picture(Objects.requireNonNull(COLOURS.get(name)), i));
        }
    }

    private static BufferedImage picture(Color colour, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage picture = new BufferedImage(30, 30, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(colour);
        graphics.fillRect(0, 0, 30, 30);
        graphics.setColor(Color.GRAY);
        graphics.fillOval(random.nextInt(20), random.nextInt(20), 8, 8);
        graphics.dispose();
        return picture;
    }

    private static void save(Path file, BufferedImage picture) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        String name = file.toString();
        assertThat(ImageIO.write(picture, name.substring(name.lastIndexOf('.') + 1), file.toFile()))
                .isTrue();
    }
}
