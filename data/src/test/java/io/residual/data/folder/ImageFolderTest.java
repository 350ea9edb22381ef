package io.residual.data.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.data.SkippedFiles.Reason;
import io.residual.data.Split;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    private static final InputForm FORM = InputForm.of(ImageSize.square(28));
    private static final FolderOptions OPTIONS = new FolderOptions(FORM, Colour.AUTO, OnCorruptImage.FAIL, List.of());

    @TempDir
    Path temporary;

    private Path root;

    @BeforeEach
    void folder() {
        root = temporary.resolve("pets");
    }

    @Test
    void folders_are_classes_and_pictures_are_found_at_any_depth() throws IOException {
        put("colour.png", "cat/colour.png");
        put("grey.png", "dog/a/grey.png");
        put("palette.png", "dog/Z.png");
        Files.writeString(root.resolve("dog/notes.txt"), "no picture");
        Files.writeString(root.resolve("dog/.hidden.png"), "no picture either");
        Files.createDirectories(root.resolve(".git"));

        ImageSet images = ImageFolder.open(root, OPTIONS).wholeTraining();

        assertThat(images.classNames()).containsExactly("cat", "dog");
        assertThat(IntStream.range(0, images.size()).map(images::label)).containsExactly(0, 1, 1);
        assertThat(new ImageShape(images.channels(), images.height(), images.width()))
                .isEqualTo(new ImageShape(3, 28, 28));
        // find * -type f | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum
        assertThat(images.digests())
                .containsOnlyKeys(".")
                .containsValue("42a74c047b2e2e7df152324d38a7c68ba5fde3312fb7d3d754a4aca32b4b9a34");
    }

    @Test
    void pictures_keep_their_one_channel_only_if_all_are_grey() throws IOException {
        put("grey.png", "ant/1.png", "bee/1.png");
        assertThat(ImageFolder.open(root, OPTIONS).wholeTraining().channels()).isEqualTo(1);

        put("colour.png", "bee/2.png");
        ImageSet mixed = ImageFolder.open(root, OPTIONS).wholeTraining();

        assertThat(mixed.channels()).isEqualTo(3);
        byte[] grey = new byte[3 * 784];
        mixed.copyPixels(0, grey, 0);
        assertThat(IntStream.range(0, 784).allMatch(p -> grey[p] == grey[784 + p] && grey[p] == grey[2 * 784 + p]))
                .isTrue();
        assertThat(ImageFolder.open(root, with(Colour.GREY)).wholeTraining().channels())
                .isEqualTo(1);
    }

    @Test
    void folders_of_a_split_are_its_parts_and_share_the_classes_of_train() throws IOException {
        put("grey.png", "train/ant/1.png", "train/bee/1.png", "train/bee/2.png", "valid/bee/3.png", "test/bee/4.png");
        ImageFolder data = ImageFolder.open(root, OPTIONS);

        assertThat(data.open(Split.TRAIN, 1).classCounts()).containsExactly(1, 2);
        assertThat(data.open(Split.VALIDATION, 1).classCounts()).containsExactly(0, 1);
        assertThat(data.open(Split.TEST, 1).classNames()).containsExactly("ant", "bee");
        assertThat(data.open(Split.TEST, 1).label(0)).isEqualTo(1);
        assertThat(data.open(Split.VALIDATION, 1).digests()).containsOnlyKeys("valid");
        assertThat(data.origin().describe()).isEqualTo("the pictures in " + root);
    }

    @Test
    void images_are_called_by_their_paths_within_the_folder_and_known_by_their_bytes() throws IOException {
        put("grey.png", "train/ant/1.png", "train/bee/2.png", "test/ant/3.png");
        put("colour.png", "train/bee/a/4.png");
        Files.writeString(root.resolve("train/bee/0.png"), "no picture");
        FolderOptions skipping = new FolderOptions(FORM, Colour.AUTO, OnCorruptImage.SKIP, List.of());

        ImageSet images = ImageFolder.open(root, skipping).wholeTraining();

        assertThat(IntStream.range(0, images.size()).mapToObj(images::name))
                .containsExactly("train/ant/1.png", "train/bee/2.png", "train/bee/a/4.png");
        assertThat(IntStream.range(0, images.size()).map(images::position)).containsExactly(0, 2, 3);
        // sha256sum colour.png
        assertThat(images.subset(2).withLabels(0).sha256(0))
                .isEqualTo("d54c7c2497b5a9a0643259a88432bac57e2186379fa47c6d09bb0d3dff3a92e0");
        assertThat(ImageFolder.open(root.resolve("train"), skipping)
                        .wholeTraining()
                        .name(0))
                .isEqualTo("ant/1.png");
    }

    @Test
    void without_a_folder_for_validation_training_pictures_are_held_back() throws IOException {
        for (int i = 0; i < 12; i++) {
            put("grey.png", "ant/" + i + ".png", "bee/" + i + ".png");
        }
        ImageFolder data = ImageFolder.open(root, OPTIONS);

        assertThat(data.open(Split.TRAIN, 1).classCounts()).containsExactly(11, 11);
        assertThat(data.open(Split.VALIDATION, 1).classCounts()).containsExactly(1, 1);
        assertFault(() -> data.open(Split.TEST, 1))
                .hasMessage(root + ": there are no test images. Evaluate on the validation images, or sort them into"
                        + " folders train and test, with the folders of the classes in each.");
    }

    @Test
    void a_class_may_be_called_train() throws IOException {
        put("grey.png", "bus/1.png", "train/1.png");

        assertThat(ImageFolder.open(root, OPTIONS).wholeTraining().classNames()).containsExactly("bus", "train");
    }

    @Test
    void the_classes_of_a_model_give_the_labels() throws IOException {
        put("grey.png", "bee/1.png", "cow/1.png");

        ImageSet images =
                ImageFolder.open(root, withClasses("cow", "ant", "bee")).wholeTraining();

        assertThat(IntStream.range(0, 2).map(images::label)).containsExactly(2, 0);
        assertFault(() -> ImageFolder.open(root, withClasses("ant", "bee")).wholeTraining())
                .hasMessage(
                        root + ": the folder cow is none of the 2 classes, which are ant, bee: rename or remove it.");
    }

    @Test
    void corrupt_pictures_are_all_named_before_the_run_fails() throws IOException {
        corruptAndSound();

        assertFault(() -> ImageFolder.open(root, OPTIONS).wholeTraining())
                .hasMessageStartingWith(
                        root + ": 3 of 5 images cannot be read. Fix or remove them, or set onCorruptImage to skip.")
                .hasMessageContaining(root.resolve("ant/cut.png") + ": ")
                .hasMessageContaining(root.resolve("ant/empty.jpg") + ": empty: it has no bytes")
                .hasMessageContaining(root.resolve("bee/text.png")
                        + ": not a PNG, JPEG, WebP, BMP, GIF or TIFF picture, by its first bytes");
    }

    @Test
    void corrupt_pictures_are_left_out_and_named_if_wanted() throws IOException {
        corruptAndSound();
        ImageFolder data = ImageFolder.open(root, new FolderOptions(FORM, Colour.AUTO, OnCorruptImage.SKIP, List.of()));

        assertThat(data.wholeTraining().classCounts()).containsExactly(1, 1);
        assertThat(data.skipped().names().get(Reason.CORRUPT))
                .hasSize(3)
                .contains("ant/empty.jpg: empty: it has no bytes");
    }

    /** Two sound pictures, one of each class, among three that cannot be read. */
    private void corruptAndSound() throws IOException {
        put("grey.png", "ant/1.png", "bee/1.png");
        byte[] whole = Files.readAllBytes(root.resolve("ant/1.png"));
        Files.write(root.resolve("ant/cut.png"), Arrays.copyOf(whole, whole.length / 2));
        Files.write(root.resolve("ant/empty.jpg"), new byte[0]);
        Files.writeString(root.resolve("bee/text.png"), "no picture");
    }

    @Test
    void a_picture_that_unfolds_to_gigabytes_is_refused_by_its_header() throws IOException {
        put("grey.png", "ant/1.png", "bee/1.png");
        Files.write(root.resolve("ant/bomb.png"), header(60_000, 50_000));

        assertFault(() -> ImageFolder.open(root, OPTIONS).wholeTraining())
                .hasMessageContaining(
                        "bomb.png: 60000 x 50000 pixels, more than the 100,000,000 allowed: reduce the picture, or"
                                + " raise maxMegapixels");
    }

    /** A PNG that has its header and nothing after it. */
    private static byte[] header(int width, int height) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        var chunk = new ByteArrayOutputStream();
        var content = new DataOutputStream(chunk);
        content.writeBytes("IHDR");
        content.writeInt(width);
        content.writeInt(height);
        content.write(new byte[] {8, 0, 0, 0, 0});
        out.writeInt(13);
        out.write(chunk.toByteArray());
        CRC32 crc = new CRC32();
        crc.update(chunk.toByteArray());
        out.writeInt((int) crc.getValue());
        return bytes.toByteArray();
    }

    @Test
    void links_that_lead_out_of_the_folder_are_refused() throws IOException {
        put("grey.png", "ant/1.png", "bee/1.png");
        Files.createSymbolicLink(root.resolve("bee/inside.png"), root.resolve("ant/1.png"));
        assertThat(ImageFolder.open(root, OPTIONS).wholeTraining().classCounts())
                .containsExactly(1, 2);

        Path secret = Files.copy(root.resolve("ant/1.png"), temporary.resolve("secret.png"));
        Path link = Files.createSymbolicLink(root.resolve("ant/2.png"), secret);
        assertFault(() -> ImageFolder.open(root, OPTIONS).wholeTraining())
                .hasMessage(link + ": a link that leads out of " + root + ", to " + secret.toRealPath()
                        + ": replace links by what they lead to, as a copy by cp -rL does, or remove them.");

        Files.delete(link);
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("cat"), elsewhere);
        assertFault(() -> ImageFolder.open(root, OPTIONS).wholeTraining())
                .hasMessageStartingWith(root.resolve("cat") + ": a link that leads out of ");
    }

    @Test
    void images_that_do_not_fit_in_the_heap_are_refused_with_a_hint() {
        HeapBudget budget = new HeapBudget(1_000_000_000);
        budget.take(100_000, new ImageShape(1, 28, 28));

        assertFault(() -> budget.require("pets", 1_200_000, new ImageShape(3, 224, 224)))
                .hasMessage("pets: 1,200,000 images of shape [3, 224, 224] take 180.6 GB, and 0.6 of the 1.0 GB of heap"
                        + " are left for them: use smaller images (imageSize), or a larger heap"
                        + " (RESIDUAL_JAVA_OPTS=-Xmx260g).");
        budget.require("pets", 1_000, new ImageShape(3, 224, 224));
    }

    @Test
    void folders_that_are_no_data_set_say_what_is_missing() throws IOException {
        assertFault(() -> ImageFolder.open(root, OPTIONS))
                .hasMessage(root + ": no such folder. Give a folder with one folder per class.");
        put("grey.png", "train/ant/1.png");
        assertFault(() -> ImageFolder.open(root, OPTIONS))
                .hasMessage(
                        root.resolve("train") + ": expected a folder for each of at least 2 classes, found only ant.");
        Files.createDirectories(root.resolve("train/bee"));
        assertFault(() -> ImageFolder.open(root, OPTIONS).wholeTraining())
                .hasMessageStartingWith(root.resolve("train/bee") + ": no image in it");
        put("grey.png", "train/bee/1.png", "val/bee/1.png", "validation/bee/1.png");
        assertFault(() -> ImageFolder.open(root, OPTIONS).open(Split.TRAIN, 1))
                .hasMessage(root + ": val and validation are both folders for validation: keep one.");
    }

    private static FolderOptions with(Colour colour) {
        return new FolderOptions(FORM, colour, OnCorruptImage.FAIL, List.of());
    }

    private static FolderOptions withClasses(String... classes) {
        return OPTIONS.withClasses(List.of(classes));
    }

    private void put(String picture, String... places) throws IOException {
        for (String place : places) {
            Path file = root.resolve(place);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            try (InputStream in = Objects.requireNonNull(ImageSet.class.getResourceAsStream("picture/" + picture))) {
                Files.copy(in, file);
            }
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertFault(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA));
    }
}
