package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.training.config.DataChoice;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was started on 24 pictures of each of two classes, whose folder then changes. */
class RunImagesTest {
    private static final String CLASS = "caf\u00e9";

    @TempDir
    private Path directory;

    private Path pictures;
    private TrainingSpec spec;
    private RunDatasets started;
    private RunDirectory run;

    @BeforeEach
    void a_run_is_started() throws IOException {
        pictures = directory.resolve("pictures");
        for (int i = 0; i < 24; i++) {
            write(CLASS, "1" + (10 + i), i);
            write("dog", "1" + (10 + i), 100 + i);
        }
        spec = Preset.resolve("quick", Map.of("data", "images:" + pictures, "width", "4"))
                .spec();
        started = RunDatasets.find(spec.data());
        run = RunDirectory.takeAt(directory.resolve("run"));
        run.start(
                spec,
                RunManifest.of(
                        "quick",
                        1,
                        Instant.parse("2026-03-09T07:05:01Z"),
                        List.of(),
                        new Backend("CPU", "backend", 1, "stock"),
                        started.origin()),
                started);
    }

    @Test
    void the_images_held_back_stay_the_same_whatever_is_added_and_renamed() throws IOException {
        String renamed = started.validation().name(1);
        Files.move(pictures.resolve(renamed), pictures.resolve(renamed).resolveSibling("0-renamed.png"));
        for (int i = 0; i < 6; i++) {
            write(CLASS, "0" + i, 50 + i);
            write("dog", "0" + i, 150 + i);
        }

        assertThat(digests(RunDatasets.find(spec.data()).validation()))
                .as("what a new run would hold back")
                .isNotEqualTo(digests(started.validation()));
        assertThat(digests(open(Split.VALIDATION))).isEqualTo(digests(started.validation()));
        assertThat(digests(open(Split.TRAIN))).isEqualTo(digests(started.train()));
    }

    @Test
    void an_image_that_is_gone_is_not_replaced_by_a_new_one_or_a_copy_of_one_that_was_learned_from()
            throws IOException {
        Path gone = pictures.resolve(started.validation().name(0));
        Path learned = pictures.resolve(started.train().name(0));
        Files.delete(gone);
        Files.copy(learned, gone.resolveSibling("copy-of-learned.png"));

        List<String> held = digests(started.validation());
        assertThat(digests(open(Split.VALIDATION))).isEqualTo(held.subList(1, held.size()));
    }

    @Test
    void an_image_with_another_content_is_refused_by_its_name() throws IOException {
        String changed = started.validation().name(2);
        ImageIO.write(picture(77), "png", pictures.resolve(changed).toFile());

        assertBadData(
                () -> open(Split.VALIDATION),
                pictures + ": images of the run " + run + " are no longer there: 1 with another content (" + changed
                        + "): name the place of its images as they were");
    }

    @Test
    void other_images_altogether_are_refused() throws IOException {
        Path others = directory.resolve("others");
        pictures = others;
        for (int i = 0; i < 12; i++) {
            write(CLASS, "o" + i, 200 + i);
            write("dog", "o" + i, 230 + i);
        }

        assertThatThrownBy(() -> DataSources.find(run, Optional.of(new DataChoice.PictureFolder(others.toString())))
                        .open(Split.VALIDATION, StratifiedSplit.SEED))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith(others + ": images of the run " + run + " are no longer there: 4 gone (");
    }

    @Test
    void a_run_resumes_with_its_images_at_their_positions_when_they_are_moved_and_renamed() throws IOException {
        Path moved = directory.resolve("moved");
        Files.move(pictures, moved);
        String first = started.train().name(0);
        Files.move(moved.resolve(first), moved.resolve(first.replace("/1", "/9")));
        // A Mac writes the accent on its own.
        Files.move(moved.resolve(CLASS), moved.resolve("cafe\u0301"));

        RunDatasets resumed = ResumeCheck.images(run, find(moved));

        assertSame(resumed.train(), started.train());
        assertSame(resumed.validation(), started.validation());
    }

    @Test
    void a_run_resumes_without_the_list_of_its_images_when_they_are_only_moved() throws IOException {
        Files.delete(run.path().resolve(ImageList.FILE));
        Path moved = directory.resolve("moved");
        Files.move(pictures, moved);

        RunDatasets resumed = ResumeCheck.images(run, find(moved));

        assertSame(resumed.train(), started.train());
    }

    @Test
    void a_run_does_not_resume_with_other_images_and_names_them() throws IOException {
        write("dog", "new", 99);
        Files.delete(pictures.resolve("dog/110.png"));
        Files.move(pictures.resolve("dog/111.png"), pictures.resolve(CLASS).resolve("relabelled.png"));
        ImageIO.write(picture(77), "png", pictures.resolve("dog/112.png").toFile());

        assertThatThrownBy(() -> ResumeCheck.images(run, find(pictures)))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                .hasMessage(run + ": the run was started with other images than those of the pictures in " + pictures
                        + ": 1 changed (dog/112.png); 1 gone (dog/110.png); 1 in the folder of another class"
                        + " (dog/111.png); 1 new (dog/new.png): name the images of the pictures in " + pictures
                        + " as they were, or give another run directory");
    }

    @Test
    void without_the_list_of_the_images_changed_data_have_no_known_parts() throws IOException {
        Files.delete(run.path().resolve(ImageList.FILE));
        assertThat(digests(open(Split.VALIDATION))).isEqualTo(digests(started.validation()));
        write("dog", "new", 99);

        assertBadData(
                () -> open(Split.VALIDATION),
                pictures + ": the images are not those of the run " + run
                        + ", and it is not known which of them it learned from: . has another content: name the place"
                        + " of its images, or use the test images");
    }

    @Test
    void a_line_that_is_no_image_is_named() throws IOException {
        Path list = run.path().resolve(ImageList.FILE);
        String lines = Files.readString(list);
        Map<String, String> reasons = Map.of(
                lines.replaceFirst("\"sha256\":\"[0-9a-f]", "\"sha256\":\"x"),
                "expected a SHA-256 of 64 hex digits",
                lines + "{\"split\":\"TRA",
                "nexpected end-of-input",
                lines.replaceFirst("\"position\":0", "\"position\":-1"),
                "expected a position up to 50000000, got -1");
        for (Map.Entry<String, String> damaged : reasons.entrySet()) {
            Files.writeString(list, damaged.getKey());

            assertThatThrownBy(() -> open(Split.VALIDATION))
                    .isInstanceOfSatisfying(
                            ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                    .hasMessageStartingWith(list + ": line ")
                    .hasMessageContaining(damaged.getValue());
        }
    }

    private RunDatasets find(Path place) {
        TrainingSpec moved = Preset.resolve("quick", Map.of("data", "images:" + place, "width", "4"))
                .spec();
        return RunDatasets.of(DataSources.toResume(run, moved.data()));
    }

    private ImageSet open(Split split) {
        return DataSources.find(run, Optional.empty()).open(split, StratifiedSplit.SEED);
    }

    private static void assertBadData(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
                .hasMessage(message);
    }

    private static void assertSame(ImageSet actual, ImageSet expected) {
        assertThat(digests(actual)).isEqualTo(digests(expected));
        assertThat(IntStream.range(0, actual.size()).map(actual::position))
                .containsExactly(IntStream.range(0, expected.size())
                        .map(expected::position)
                        .boxed()
                        .toArray(Integer[]::new));
        assertThat(actual.contentSha256()).as("pixels and labels").isEqualTo(expected.contentSha256());
    }

    private static List<String> digests(ImageSet images) {
        return IntStream.range(0, images.size()).mapToObj(images::sha256).toList();
    }

    private void write(String className, String name, int level) throws IOException {
        Path file = pictures.resolve(className).resolve(name + ".png");
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        ImageIO.write(picture(level), "png", file.toFile());
    }

    /** Two tones, so that no two levels give the same picture. */
    private static BufferedImage picture(int level) {
        BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        for (int p = 0; p < 28 * 28; p++) {
            picture.getRaster().setSample(p % 28, p / 28, 0, p % 2 == 0 ? level : 255);
        }
        return picture;
    }
}
