package io.residual.evaluation.labels;

import io.residual.data.ImageSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Duplicate images, exact or near: the mean difference of their pixels is at most a tolerance in grey levels. All of them
 * are found. The difference of two images' means, and the mean difference of the means of their blocks, are never above
 * the mean difference of their pixels, so sorting by means and comparing blocks first leaves few pairs to compare pixel
 * by pixel.
 */
public final class NearDuplicates {
    /** Blocks in each direction. */
    private static final int BLOCKS = 4;

    /**
     * Two similar images.
     *
     * @param first index in the first set
     * @param second index in the second set
     * @param difference the mean absolute difference of the pixels, in grey levels, 0 if they are identical
     */
    public record Pair(int first, int second, double difference) {}

    private final double tolerance;

    private NearDuplicates(double tolerance) {
        this.tolerance = tolerance;
    }

    /**
     * Returns the similar pairs within a set, each once, the most similar first.
     *
     * @param tolerance maximum mean absolute difference, in grey levels of 0 to 255
     */
    public static List<Pair> within(ImageSet images, double tolerance) {
        return sorted(new NearDuplicates(tolerance)
                .search(images, images).stream()
                        .filter(pair -> pair.first() < pair.second())
                        .toList());
    }

    /**
     * Returns the similar pairs of two sets of images of the same shape, the most similar first.
     *
     * @throws IllegalArgumentException if the shapes differ
     */
    public static List<Pair> between(ImageSet first, ImageSet second, double tolerance) {
        if (first.channels() != second.channels()
                || first.height() != second.height()
                || first.width() != second.width()) {
            throw new IllegalArgumentException("images of different sizes or channels cannot be compared");
        }
        return sorted(new NearDuplicates(tolerance).search(first, second));
    }

    private static List<Pair> sorted(List<Pair> pairs) {
        return pairs.stream()
                .sorted(Comparator.comparingDouble(Pair::difference)
                        .thenComparingInt(Pair::first)
                        .thenComparingInt(Pair::second))
                .toList();
    }

    private List<Pair> search(ImageSet first, ImageSet second) {
        BlockMeans queries = BlockMeans.of(first);
        BlockMeans all = BlockMeans.of(second);
        return IntStream.range(0, first.size())
                .parallel()
                .boxed()
                .flatMap(i -> duplicatesOf(queries, i, all).stream())
                .toList();
    }

    private List<Pair> duplicatesOf(BlockMeans queries, int i, BlockMeans all) {
        List<Pair> pairs = new ArrayList<>();
        double mean = queries.means[i];
        for (int at = all.firstAtLeast(mean - tolerance); at < all.order.length; at++) {
            int j = all.order[at];
            if (all.means[j] > mean + tolerance) {
                break;
            }
            if (queries.blockDifference(i, all, j) <= tolerance) {
                double difference = queries.pixelDifference(i, all, j);
                if (difference <= tolerance) {
                    pairs.add(new Pair(i, j, difference));
                }
            }
        }
        return pairs;
    }

    /** Means of images and of their blocks. */
    private static final class BlockMeans {
        private final byte[][] pixels;
        private final double[] means;
        /** Sums over blocks. */
        private final int[][] blocks;
        /** Indices by rising mean. */
        private final int[] order;

        private BlockMeans(byte[][] pixels, double[] means, int[][] blocks, int[] order) {
            this.pixels = pixels;
            this.means = means;
            this.blocks = blocks;
            this.order = order;
        }

        static BlockMeans of(ImageSet images) {
            int area = images.height() * images.width();
            byte[][] pixels = new byte[images.size()][images.channels() * area];
            int[][] blocks = new int[images.size()][images.channels() * BLOCKS * BLOCKS];
            double[] means = new double[images.size()];
            for (int i = 0; i < pixels.length; i++) {
                images.copyPixels(i, pixels[i], 0);
                for (int p = 0; p < pixels[i].length; p++) {
                    int row = p % area / images.width() * BLOCKS / images.height();
                    int column = p % images.width() * BLOCKS / images.width();
                    blocks[i][(p / area * BLOCKS + row) * BLOCKS + column] += pixels[i][p] & 0xff;
                }
                means[i] = (double) Arrays.stream(blocks[i]).sum() / pixels[i].length;
            }
            int[] order = IntStream.range(0, pixels.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> means[i]))
                    .mapToInt(i -> i)
                    .toArray();
            return new BlockMeans(pixels, means, blocks, order);
        }

        int firstAtLeast(double mean) {
            int low = 0;
            int high = order.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (means[order[middle]] < mean) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        double blockDifference(int i, BlockMeans other, int j) {
            long sum = 0;
            for (int b = 0; b < blocks[i].length; b++) {
                sum += Math.abs(blocks[i][b] - other.blocks[j][b]);
            }
            return (double) sum / pixels[i].length;
        }

        double pixelDifference(int i, BlockMeans other, int j) {
            long sum = 0;
            for (int p = 0; p < pixels[i].length; p++) {
                sum += Math.abs((pixels[i][p] & 0xff) - (other.pixels[j][p] & 0xff));
            }
            return (double) sum / pixels[i].length;
        }
    }
}
