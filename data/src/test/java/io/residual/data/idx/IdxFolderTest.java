package io.residual.data.idx;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.IdxBytes;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of IDX files as they are found on the web, on Kaggle, in torchvision's folders and in homework. */
class IdxFolderTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz",
        "train-images.idx3-ubyte, train-labels.idx1-ubyte, t10k-images.idx3-ubyte, t10k-labels.idx1-ubyte",
        "train-images.idx3-ubyte.gz, train-labels-idx1-ubyte, test-images.idx3-ubyte, test-labels.idx1-ubyte.gz",
        "TRAIN-IMAGES-IDX3-UBYTE.GZ, Train-Labels-idx1-ubyte, T10K-images-idx3-ubyte, t10k-labels-idx1-ubyte",
        "train_images.idx, train_labels.idx, test_images.idx, test_labels.idx",
        "training-images-ubyte.gz, training-labels-ubyte.gz, testing-images-ubyte, testing-labels-ubyte",
        "kmnist-train-images-idx3-ubyte, kmnist-train-labels-idx1-ubyte, kmnist-test-images-idx3-ubyte,"
                + " kmnist-test-labels-idx1-ubyte"
    })
    void spellings_in_circulation_are_understood(String images, String labels, String testImages, String testLabels)
            throws IOException {
        put(images, testImages);
        putLabels(3, labels);
        putLabels(5, testLabels);

        IdxSource source = IdxSource.open(folder);

        assertThat(source.wholeTraining().label(0)).isEqualTo(3);
        assertThat(source.open(Split.TEST, 1).label(0)).isEqualTo(5);
    }

    @Test
    void folders_of_torchvision_and_folders_called_as_the_file_in_them_are_looked_into() throws IOException {
        for (String name : List.of("train-images-idx3-ubyte", "t10k-images-idx3-ubyte")) {
            put("kaggle/" + name + "/" + name);
        }
        putLabels(1, "kaggle/train-labels-idx1-ubyte/train-labels-idx1-ubyte");
        putLabels(2, "kaggle/t10k-labels-idx1-ubyte/t10k-labels-idx1-ubyte");
        assertThat(IdxSource.open(folder).open(Split.TEST, 1).label(0)).isEqualTo(2);
        assertThat(IdxSource.open(folder.resolve("kaggle")).wholeTraining().label(0))
                .isEqualTo(1);

        put("MNIST/raw/t10k-images-idx3-ubyte");
        putLabels(7, "MNIST/raw/t10k-labels-idx1-ubyte");
        assertThat(IdxSource.open(folder.resolve("MNIST")).open(Split.TEST, 1).label(0))
                .isEqualTo(7);
        IdxFileTest.assertFault(() -> IdxSource.open(folder))
                .hasMessage(folder + ": several data sets are in it: choose one of " + folder.resolve("MNIST/raw")
                        + ", " + folder.resolve("kaggle") + ".");
    }

    @Test
    void test_files_alone_are_enough_to_evaluate() throws IOException {
        put("t10k-images-idx3-ubyte", "._t10k-images-idx3-ubyte");
        putLabels(4, "t10k-labels-idx1-ubyte");

        ImageSet test = IdxSource.open(folder).labelled();

        assertThat(test.label(0)).isEqualTo(4);
        assertThat(test.name(0)).isEqualTo("t10k-images-idx3-ubyte[0]");
        IdxFileTest.assertFault(() -> IdxSource.open(folder).wholeTraining())
                .hasMessage(folder + ": there are no training images, since train-images-idx3-ubyte.gz or"
                        + " train-labels-idx1-ubyte.gz is missing.");
    }

    @Test
    void one_part_under_two_names_is_refused() throws IOException {
        put("train-images-idx3-ubyte", "t10k-images-idx3-ubyte", "test-images-idx3-ubyte");
        putLabels(1, "train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte");

        IdxFileTest.assertFault(() -> IdxSource.open(folder))
                .hasMessage(folder.resolve("t10k-images-idx3-ubyte")
                        + " and test-images-idx3-ubyte are names of the same part of a data set: keep one of"
                        + " the files.");
    }

    @Test
    @Timeout(20)
    void a_named_pipe_among_the_files_and_a_circle_of_links_end_in_one_line() throws Exception {
        put("train-images-idx3-ubyte");
        putLabels(1, "train-labels-idx1-ubyte");
        putLabels(1, "t10k-labels-idx1-ubyte");
        Path pipe = folder.resolve("t10k-images-idx3-ubyte");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Files.createSymbolicLink(folder.resolve("circle"), folder);

        IdxFileTest.assertFault(() -> IdxSource.open(folder).open(Split.TEST, 1))
                .hasMessage(pipe + ": cannot be read (is a pipe or a device, no file)");
    }

    @Test
    void names_of_classes_may_come_from_Windows() throws IOException {
        put("train-images-idx3-ubyte");
        putLabels(1, "train-labels-idx1-ubyte");
        Files.writeString(folder.resolve("classes.txt"), "\ufeffhat\r\nga\u0308nse\r\n");

        assertThat(IdxSource.open(folder).wholeTraining().classNames()).containsExactly("hat", "g\u00e4nse");
    }

    private void put(String... names) throws IOException {
        for (String name : names) {
            write(name, IdxBytes.images(1, 4, 5));
        }
    }

    private void putLabels(int label, String... names) throws IOException {
        for (String name : names) {
            write(name, IdxBytes.labels(label));
        }
    }

    private void write(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        IdxBytes.write(file, content);
    }
}
