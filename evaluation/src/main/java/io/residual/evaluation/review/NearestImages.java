package io.residual.evaluation.review;

import io.residual.data.ImageSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The images of a set that are most like another, by the mean absolute difference of their pixels. */
final class NearestImages {
    private NearestImages() {}

    /**
     * A similar image.
     *
     * @param index in the set
     * @param difference in grey levels, 0 to 255
     */
    record Neighbour(int index, double difference) {}

    /**
     * Searches all images of a set.
     *
     * @return the nearest first; none if the image has another size
     */
    static List<Neighbour> of(ImageSet set, ImageSet images, int index, int count) {
        if (set.channels() != images.channels() || set.height() != images.height() || set.width() != images.width()) {
            return List.of();
        }
        byte[] wanted = new byte[images.channels() * images.height() * images.width()];
        images.copyPixels(index, wanted, 0);
        String itself = images.name(index);
        return IntStream.range(0, set.size())
                .parallel()
                .mapToObj(i -> new Neighbour(i, difference(set, i, wanted)))
                .sorted(Comparator.comparingDouble(Neighbour::difference).thenComparingInt(Neighbour::index))
                .filter(neighbour -> !set.name(neighbour.index()).equals(itself))
                .limit(count)
                .toList();
    }

    private static double difference(ImageSet set, int index, byte[] wanted) {
        byte[] pixels = new byte[wanted.length];
        set.copyPixels(index, pixels, 0);
        long sum = 0;
        for (int p = 0; p < pixels.length; p++) {
            sum += Math.abs((pixels[p] & 0xff) - (wanted[p] & 0xff));
        }
        return (double) sum / pixels.length;
    }
}
