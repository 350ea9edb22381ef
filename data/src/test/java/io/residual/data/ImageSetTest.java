package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.data.idx.IdxFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSetTest {
    private static final List<String> NAMES = List.of("ant", "bee", "cat");

    @TempDir
    Path folder;

    private ImageSet set;

    @BeforeEach
    void seven_images_of_3_by_2_pixels() {
        set = TestSets.of(folder, 3, 2, NAMES, 2, 0, 0, 1, 2, 2, 2);
    }

    @Test
    void pixels_labels_and_shape_are_those_of_the_files() {
        byte[] pixels = new byte[8];
        set.copyPixels(6, pixels, 1);

        // image 6: 186, 187, next row 193, ...
        assertThat(pixels)
                .containsExactly(0, (byte) 186, (byte) 187, (byte) 193, (byte) 194, (byte) 200, (byte) 201, 0);
        assertThat(IntStream.range(0, 7).map(set::label)).containsExactly(2, 0, 0, 1, 2, 2, 2);
        assertThat(set.height()).isEqualTo(3);
        assertThat(set.width()).isEqualTo(2);
        assertThat(set.classNames()).isEqualTo(NAMES);
        assertThat(set.classCounts()).containsExactly(2, 1, 4);
    }

    @Test
    void digests_say_which_files_they_were() {
        assertThat(set.digests())
                .isEqualTo(Map.of(
                        "set-images",
                        IdxFile.readImages(folder.resolve("set-images")).sha256(),
                        "set-labels",
                        IdxFile.readLabels(folder.resolve("set-labels"), 3).sha256()));
        assertThat(set.subset(1).digests()).isEqualTo(set.digests());
    }

    @Test
    void a_subset_of_a_subset_knows_its_place_in_the_file() {
        ImageSet subset = set.subset(6, 3, 1).subset(2, 0);

        assertThat(subset.size()).isEqualTo(2);
        assertThat(subset.position(0)).isEqualTo(1);
        assertThat(subset.position(1)).isEqualTo(6);
        assertThat(subset.label(0)).isEqualTo(0);
        assertThat(subset.label(1)).isEqualTo(2);
        byte[] pixels = new byte[6];
        subset.copyPixels(0, pixels, 0);
        assertThat(pixels[0]).isEqualTo((byte) 31);
        assertThat(subset.classCounts()).containsExactly(1, 0, 1);
    }

    @Test
    void a_row_of_an_IDX_file_is_called_as_NumPy_finds_it_and_known_by_its_pixels_and_its_label() {
        ImageSet other = set.subset(6, 3, 1).subset(2, 0).withLabels(2, 2);

        assertThat(other.name(0)).isEqualTo("set-images[1]");
        assertThat(other.name(1)).isEqualTo("set-images[6]");
        // hashlib.sha256(bytes((31 + 7 * y + x) % 256 for y in range(3) for x in range(2)) + bytes(4)).hexdigest()
        assertThat(other.sha256(0))
                .isEqualTo("217dabaa3a832f64a07c3f16942e4d1bee41ddd8e431c075d27499906337add6")
                .isEqualTo(set.sha256(1));
    }

    @Test
    void an_index_beyond_the_set_is_refused() {
        ImageSet subset = set.subset(0, 1);
        assertThatThrownBy(() -> subset.label(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> set.subset(7)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void a_set_of_thousands_of_images_is_read_completely() {
        ImageSet large = TestSets.of(folder, 28, 28, NAMES, TestSets.labels(1000, 700, 801));

        byte[] pixels = new byte[784];
        large.copyPixels(2500, pixels, 0);
        assertThat(large.size()).isEqualTo(2501);
        assertThat(pixels[783]).isEqualTo((byte) (31 * 2500 + 7 * 27 + 27));
        assertThat(large.position(2500)).isEqualTo(2500);
        assertThat(large.classCounts()).containsExactly(1000, 700, 801);
    }

    @Test
    void images_of_more_than_a_million_pixels_are_read() {
        ImageSet large = TestSets.of(folder, 1025, 1100, NAMES, 1, 2);

        byte[] pixels = new byte[1025 * 1100];
        large.copyPixels(1, pixels, 0);
        assertThat(pixels[pixels.length - 1]).isEqualTo((byte) (31 + 7 * 1024 + 1099));
        assertThat(large.label(1)).isEqualTo(2);
    }
}
