package io.residual.onednn.kernels;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Mean and biased variance of each channel of a dense array, [rows, C], exact to the rounding of the result.
 *
 * <p>Sums of tens of thousands of floats in single precision are wrong in the fifth digit where many values are equal, as on
 * the constant background of an image. A batch norm then moves all of that background by the error, and the ReLUs behind it
 * decide for all of it at once. So floats are added in pairs of pairs and few to a lane, deviations are taken from the mean of
 * their own chunk, and chunks are merged in double precision. Chunks depend on the shape alone, so the result is the same for any number of threads.
 */
final class ChannelStatistics {
    /** Long enough for the longest vectors, short enough for the first-level cache. */
    private static final int MIN_LANES = 1024;

    /** Additions to a lane. */
    private static final int TILES = 8;

    private static final int CHUNKS_OF_SEGMENT = 64;

    private final Pointer values;
    private final long length;
    private final int channels;
    private final int lanes;

    private ChannelStatistics(Pointer values, long rows, int channels) {
        this.values = values;
        this.length = rows * channels;
        this.channels = channels;
        int doubled = channels;
        while (doubled < MIN_LANES) {
            doubled *= 2;
        }
        this.lanes = doubled;
    }

    /**
     * Writes the statistics.
     *
     * @param values [rows, C] floats
     * @param mean C floats
     * @param variance C floats
     */
    static void write(Pointer values, long rows, int channels, Pointer mean, Pointer variance) {
        Moments all = new ChannelStatistics(values, rows, channels).moments();
        float[] means = new float[channels];
        float[] variances = new float[channels];
        for (int c = 0; c < channels; c++) {
            means[c] = (float) all.mean[c];
            variances[c] = (float) (all.squares[c] / rows);
        }
        new FloatPointer(mean).put(means);
        new FloatPointer(variance).put(variances);
    }

    private Moments moments() {
        Moments[] parts = new Moments[Math.toIntExact((length + segment() - 1) / segment())];
        computeInParallel(parts);
        Moments all = new Moments(channels);
        for (int i = 0; i < parts.length; i++) {
            // A part is missing where its thread ran out of memory: then this one does, and says so.
            all.merge(parts[i] == null ? moments(i) : parts[i]);
        }
        return all;
    }

    private long segment() {
        return (long) CHUNKS_OF_SEGMENT * lanes * TILES;
    }

    /** In as many threads as oneDNN's kernels have, none of which is waited for unless it has started. */
    private void computeInParallel(@Nullable Moments[] parts) {
        AtomicInteger next = new AtomicInteger();
        Phaser done = new Phaser(parts.length);
        Runnable worker = () -> {
            for (int i = next.getAndIncrement(); i < parts.length; i = next.getAndIncrement()) {
                try {
                    parts[i] = moments(i);
                } finally {
                    done.arrive();
                }
            }
        };
        for (int i = 1; i < Math.min(parts.length, Nd4j.getEnvironment().maxThreads()); i++) {
            ForkJoinPool.commonPool().execute(worker);
        }
        worker.run();
        done.awaitAdvance(0);
    }

    private Moments moments(int part) {
        return moments(part * segment(), Math.min(length, (part + 1) * segment()));
    }

    private Moments moments(long from, long to) {
        Moments segment = new Moments(channels);
        Chunk chunk = new Chunk();
        FloatPointer source = new FloatPointer(values);
        for (long at = from; at < to; at += (long) lanes * TILES) {
            segment.merge(chunk.moments(source, at, (int) Math.min((long) lanes * TILES, to - at)));
        }
        return segment;
    }

    /**
     * Values that fit into a cache, each lane of which belongs to one channel. Tiles are arrays of their own, because the compiler
     * makes vectors of a loop over several arrays only where all have the same index: ten times as fast.
     */
    private final class Chunk {
        private final float[][] tiles = new float[TILES][lanes];
        private final float[] pivots = new float[lanes];
        private final float[] sums = new float[lanes];
        private final float[] squares = new float[lanes];
        private final float[] half = new float[lanes / 2];
        private final float[] pivot = new float[channels];
        private final Moments moments = new Moments(channels);

        /** Sums of deviations from a mean in single precision give one that is as exact as they are small. */
        Moments moments(FloatPointer source, long at, int count) {
            moments.rows = (double) count / channels;
            Arrays.fill(sums, 0);
            for (int tile = 0; tile * lanes < count; tile++) {
                int filled = Math.min(lanes, count - tile * lanes);
                source.position(at + (long) tile * lanes).get(tiles[tile], 0, filled);
                ChannelTiles.add(tiles[tile], sums, filled);
            }
            fold(sums, moments.mean);
            setPivots();
            Arrays.fill(sums, 0);
            Arrays.fill(squares, 0);
            for (int tile = 0; tile * lanes < count; tile++) {
                ChannelTiles.addDeviations(tiles[tile], pivots, sums, squares, Math.min(lanes, count - tile * lanes));
            }
            fold(sums, moments.mean);
            fold(squares, moments.squares);
            for (int c = 0; c < channels; c++) {
                double rest = moments.mean[c] / moments.rows;
                moments.mean[c] = pivots[c] + rest;
                moments.squares[c] = Math.max(0, moments.squares[c] - moments.rows * rest * rest);
            }
            return moments;
        }

        private void setPivots() {
            for (int c = 0; c < channels; c++) {
                pivot[c] = (float) (moments.mean[c] / moments.rows);
            }
            ChannelTiles.repeat(pivot, pivots);
        }

        private void fold(float[] perLane, double[] perChannel) {
            Arrays.fill(perChannel, 0);
            ChannelTiles.fold(perLane, half, perChannel);
        }
    }
}
