package io.residual.data.idx;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.DataSource;
import io.residual.data.IdxBytes;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.idx.FashionMnist.DataFile;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmnistTest {
    @TempDir
    Path folder;

    @Test
    void letters_are_counted_from_1_and_their_columns_are_rows() {
        write(Emnist.LETTERS, 1, 26, 3);

        ImageSet test = find(folder).open(Split.TEST, 1);

        assertThat(test.classNames()).hasSize(26).startsWith("A", "B", "C").endsWith("Z");
        assertThat(IntStream.range(0, 3).map(test::label)).containsExactly(0, 25, 2);
        assertThat(test.height()).isEqualTo(5);
        assertThat(test.width()).isEqualTo(4);
        byte[] pixels = new byte[20];
        test.copyPixels(1, pixels, 0);
        // Pixel (i, y, x) of the file is 31 i + 7 y + x: row 2, column 3 is what the file calls row 3, column 2.
        assertThat(pixels[2 * 4 + 3]).isEqualTo((byte) (31 + 7 * 3 + 2));
        assertThat(test.name(2)).isEqualTo("emnist-letters-test-images-idx3-ubyte[2]");
        assertThat(test.digests())
                .containsOnlyKeys("emnist-letters-test-images-idx3-ubyte", "emnist-letters-test-labels-idx1-ubyte");
    }

    @Test
    void a_label_of_0_is_no_letter() {
        write(Emnist.LETTERS, 1, 0, 3);

        IdxFileTest.assertFault(() -> find(folder).open(Split.TEST, 1))
                .hasMessage(folder.resolve("emnist-letters-test-labels-idx1-ubyte")
                        + ": label 0 at index 1 is below the lowest, 1.");
    }

    @Test
    void one_of_several_sets_is_meant_by_its_name() {
        write(Emnist.LETTERS, 1, 2, 3);
        write(Emnist.BALANCED, 0, 46, 36);

        assertThat(find(folder.resolve("emnist-balanced")).open(Split.TEST, 1).classNames())
                .hasSize(47)
                .contains("0", "Z", "a", "t")
                .doesNotContain("c", "z");
        IdxFileTest.assertFault(() -> find(folder))
                .hasMessage(folder + ": several data sets are in it: choose one of " + folder.resolve("emnist-balanced")
                        + ", " + folder.resolve("emnist-letters") + ".");
        IdxFileTest.assertFault(() -> find(folder.resolve("emnist-digits")))
                .hasMessageStartingWith(folder.resolve("emnist-digits") + ": no such folder.");
    }

    private void write(Emnist set, int... labels) {
        for (DataFile file : DataFile.values()) {
            boolean images = file == DataFile.TRAINING_IMAGES || file == DataFile.TEST_IMAGES;
            IdxBytes.write(
                    folder.resolve(set.plainName(file)),
                    images ? IdxBytes.images(labels.length, 4, 5) : IdxBytes.labels(labels));
        }
    }

    private static DataSource find(Path folder) {
        return IdxSource.open(folder);
    }
}
