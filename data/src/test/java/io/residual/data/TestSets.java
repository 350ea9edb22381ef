package io.residual.data;

import io.residual.data.idx.IdxFile;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Image sets with the pixels of {@link IdxBytes}. */
final class TestSets {
    private TestSets() {}

    static ImageSet of(Path folder, int rows, int columns, List<String> names, int... labels) {
        Path images = IdxBytes.write(folder.resolve("set-images"), IdxBytes.images(labels.length, rows, columns));
        Path classes = IdxBytes.write(folder.resolve("set-labels"), IdxBytes.labels(labels));
        return IdxFile.readImages(images).withLabels(IdxFile.readLabels(classes, names.size()), names);
    }

    /** Labels with {@code counts[c]} images of class c, in turns as long as there are some. */
    static int[] labels(int... counts) {
        int[] left = counts.clone();
        int total = IntStream.of(counts).sum();
        int[] labels = new int[total];
        for (int i = 0, label = 0; i < total; label = (label + 1) % left.length) {
            if (left[label] > 0) {
                left[label]--;
                labels[i++] = label;
            }
        }
        return labels;
    }
}
