package io.residual.data.folder;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderLayoutTest {
    @TempDir
    Path temporary;

    private TestPictures pets;

    @BeforeEach
    void folder() {
        pets = new TestPictures(temporary.resolve("pets"));
    }

    @ParameterizedTest
    @CsvSource({
        "train, val, test",
        "training, validation, testing",
        "Train, Valid, Test",
        "TRAIN, EVAL, TEST",
        "Training, eval, Testing"
    })
    void parts_are_understood_in_the_usual_spellings(String train, String validation, String test) throws IOException {
        for (String part : List.of(train, validation, test)) {
            pets.put("grey.png", part + "/ant/1.png", part + "/bee/1.png");
        }
        pets.put("grey.png", train + "/bee/2.png", test + "/ant/2.png");

        ImageFolder data = pets.open();

        assertThat(data.open(Split.TRAIN, 1).classCounts()).containsExactly(1, 2);
        assertThat(data.open(Split.VALIDATION, 1).classCounts()).containsExactly(1, 1);
        assertThat(names(data.open(Split.TEST, 1)))
                .containsExactly(test + "/ant/1.png", test + "/ant/2.png", test + "/bee/1.png");
    }

    @Test
    void a_further_folder_beside_the_parts_is_an_error_that_says_what_was_understood() throws IOException {
        pets.put("grey.png", "train/ant/1.png", "train/bee/1.png", "test/ant/1.png", "samples/1.png");

        TestPictures.assertRefused(pets::open)
                .hasMessage(pets.root() + ": the folders train, test are parts of a split by their names, but samples"
                        + " beside them can be neither a part nor a class: move it elsewhere, or"
                        + " rename the folders of a split if all are classes.");
    }

    @Test
    void what_systems_leave_beside_the_parts_is_no_further_folder() throws IOException {
        pets.put("grey.png", "train/ant/1.png", "train/bee/1.png", "test/bee/1.png");
        pets.put("grey.png", "__MACOSX/ant/1.png", ".ipynb_checkpoints/1.png", "train/.ipynb_checkpoints/1.png");
        pets.put("grey.png", "train/ant/@eaDir/1.png", "train/__MACOSX/ant/._1.png");

        ImageFolder data = pets.open();

        assertThat(data.wholeTraining().classNames()).containsExactly("ant", "bee");
        assertThat(names(data.wholeTraining())).containsExactly("train/ant/1.png", "train/bee/1.png");
        assertThat(data.skipped().summary())
                .isEqualTo("2 hidden (.ipynb_checkpoints, train/.ipynb_checkpoints);"
                        + " 3 of the system (__MACOSX, train/__MACOSX, train/ant/@eaDir)");
    }

    @Test
    void one_class_may_be_called_as_a_part() throws IOException {
        pets.put("grey.png", "bus/1.png", "train/1.png");
        assertThat(pets.open().wholeTraining().classNames()).containsExactly("bus", "train");
        assertThat(names(pets.open("train", "bus", "car").labelled())).containsExactly("bus/1.png", "train/1.png");
    }

    @Test
    void a_test_part_alone_and_classes_alone_can_be_evaluated_by_a_network_that_knows_the_classes() throws IOException {
        pets.put("grey.png", "Test/bee/1.png", "Test/cow/1.png", "Test/cow/2.png");

        ImageSet images = pets.open("ant", "bee", "cow").labelled();

        assertThat(images.classCounts()).containsExactly(0, 1, 2);
        TestPictures.assertRefused(() -> pets.open())
                .hasMessageStartingWith(
                        pets.root() + ": there is no folder for training (train or training), only Test.");
        ImageSet flat = pets.in("Test").open("ant", "bee", "cow").labelled();
        assertThat(flat.classCounts()).containsExactly(0, 1, 2);
        TestPictures.assertRefused(
                        () -> pets.in("Test/cow").open("ant", "bee", "cow").labelled())
                .hasMessage(pets.root().resolve("Test/cow")
                        + ": expected a folder for each class, such as ant, found none.");
    }

    @Test
    void a_folder_that_only_wraps_the_data_set_is_named() throws IOException {
        pets.put("grey.png", "pets-v2/ant/1.png", "pets-v2/bee/1.png");

        TestPictures.assertRefused(() -> pets.open())
                .hasMessage(pets.root() + ": expected a folder for each of at least 2 classes, found only pets-v2. Is "
                        + pets.root().resolve("pets-v2") + " meant?");
    }

    @Test
    void names_of_classes_are_composed_however_a_file_system_spells_them() throws IOException {
        pets.put("grey.png", "ga\u0308nse/1.png", "ochs/1.png");

        assertThat(pets.open().wholeTraining().classNames()).containsExactly("g\u00e4nse", "ochs");
        assertThat(pets.open("ochs", "g\u00e4nse").labelled().label(0)).isEqualTo(1);
        assertThat(pets.open("ochs", "ga\u0308nse").labelled().label(0)).isEqualTo(1);
    }

    private static List<String> names(ImageSet images) {
        return IntStream.range(0, images.size()).mapToObj(images::name).toList();
    }
}
