package io.residual.data.idx;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.ImageShape;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxWriterTest {
    @TempDir
    private Path folder;

    @Test
    void images_that_were_written_are_read_with_their_pixels_labels_and_classes() {
        ImageSet sample = IdxSource.sample().wholeTraining();
        ImageSet some = sample.subset(7, 3, 1999, 3);
        ImageSet test =
                IdxSource.sample().open(Split.TEST, StratifiedSplit.SEED).subset(0, 1);

        IdxWriter.write(folder, some, Split.TRAIN);
        IdxWriter.write(folder, test, Split.TEST);

        IdxSource read = IdxSource.open(folder);
        assertThat(read.wholeTraining().contentSha256()).isEqualTo(some.contentSha256());
        assertThat(read.wholeTraining().classNames()).isEqualTo(FashionMnist.CLASS_NAMES);
        assertThat(read.open(Split.TEST, 1).contentSha256()).isEqualTo(test.contentSha256());
    }

    @Test
    void all_of_the_sample_is_written_with_the_digests_that_its_files_have() {
        IdxSource sample = IdxSource.sample();

        IdxWriter.write(folder, sample.wholeTraining(), Split.TRAIN);

        assertThat(IdxSource.open(folder).wholeTraining().digests())
                .isEqualTo(sample.wholeTraining().digests());
    }

    @Test
    void equal_images_give_equal_files_and_oblong_ones_keep_their_sides() throws Exception {
        byte[][] pixels = {new byte[3 * 5], new byte[3 * 5]};
        IntStream.range(0, 15).forEach(i -> pixels[1][i] = (byte) (i * 17));
        ImageSet images = ImageSet.of(
                new ImageShape(1, 3, 5), List.of("night", "day"), new TreeMap<>(), pixels, new int[] {1, 0});

        IdxWriter.write(folder, images, Split.TRAIN);
        List<byte[]> first = contents();
        IdxWriter.write(folder, images, Split.TRAIN);

        assertThat(contents()).usingElementComparator(Arrays::compare).isEqualTo(first);
        ImageSet read = IdxSource.open(folder).wholeTraining();
        assertThat(List.of(read.height(), read.width(), read.label(0), read.label(1)))
                .containsExactly(3, 5, 1, 0);
        assertThat(read.classNames()).containsExactly("night", "day");
    }

    private List<byte[]> contents() throws Exception {
        return List.of(
                Files.readAllBytes(folder.resolve("train-images-idx3-ubyte.gz")),
                Files.readAllBytes(folder.resolve("train-labels-idx1-ubyte.gz")));
    }
}
