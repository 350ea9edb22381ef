package io.residual.onednn.step;

import io.residual.onednn.kernels.Moments;
import io.residual.onednn.kernels.RoundedRows;
import io.residual.onednn.step.FlatAddresses.Address;
import io.residual.program.plan.Area;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Operations on areas of bfloat16, a chunk at a time: copies from and to tiles, and what needs no tiles. */
final class RoundedJobs {
    private RoundedJobs() {}

    /** Where the numbers of a part of the batch lie in an area. */
    static final class Place {
        private final WorkerProgram worker;
        private final Area area;
        private final Address address = new Address();
        private long part;

        Place(WorkerProgram worker, Area area) {
            this.worker = worker;
            this.area = area;
        }

        private void begin(int image) {
            part = worker.address(area, image);
        }

        private Pointer at(int number) {
            return address.at(part + (long) number * Short.BYTES);
        }
    }

    /** The kernels for some numbers. */
    interface Kernels {
        RoundedRows of(int count);
    }

    private abstract static class OnChunks implements TileJob {
        final Kernels kernels;
        private final Place[] places;

        OnChunks(Kernels kernels, Place... places) {
            this.kernels = kernels;
            this.places = places;
        }

        @Override
        public void begin(int from, int part) {
            for (Place place : places) {
                place.begin(from);
            }
        }

        @Override
        public void run(int at, int filled) {}
    }

    /** Reads a chunk, then tiles of it. */
    static final class Reading extends OnChunks {
        private final Place from;
        private final FloatPointer scratch;
        private final FloatBuffer floats;
        private final float[] register;
        private int start;

        Reading(Kernels kernels, Place from, FloatPointer scratch, float[] register) {
            super(kernels, from);
            this.from = from;
            this.scratch = scratch;
            this.floats = scratch.asBuffer();
            this.register = register;
        }

        @Override
        public void beginChunk(int at, int count) {
            start = at;
            kernels.of(count).toFloat(from.at(at), scratch);
        }

        @Override
        public void run(int at, int filled) {
            floats.get(at - start, register, 0, filled);
        }
    }

    /** Gathers the tiles of a chunk, then writes it. */
    static final class Writing extends OnChunks {
        private final Place to;
        private final FloatPointer scratch;
        private final FloatBuffer floats;
        private final float[] register;
        private int start;

        Writing(Kernels kernels, Place to, FloatPointer scratch, float[] register) {
            super(kernels, to);
            this.to = to;
            this.scratch = scratch;
            this.floats = scratch.asBuffer();
            this.register = register;
        }

        @Override
        public void beginChunk(int at, int count) {
            start = at;
        }

        @Override
        public void run(int at, int filled) {
            floats.put(at - start, register, 0, filled);
        }

        @Override
        public void endChunk(int at, int count) {
            kernels.of(count).toBfloat16(scratch, to.at(at));
        }
    }

    static final class NormalizedRelu extends OnChunks {
        private final Normalization by;
        private final Place from;
        private final Place to;

        NormalizedRelu(Kernels kernels, Normalization by, Place from, Place to) {
            super(kernels, from, to);
            this.by = by;
            this.from = from;
            this.to = to;
        }

        @Override
        public void endChunk(int at, int count) {
            kernels.of(count).normalizeAndRelu(from.at(at), by.factors(), to.at(at));
        }
    }

    /** Makes an area of two others. */
    static final class Binary extends OnChunks {
        private final Kernel kernel;
        private final Place left;
        private final Place right;
        private final Place to;

        /** What is called for each chunk. */
        interface Kernel {
            void run(RoundedRows rows, Pointer left, Pointer right, Pointer to);
        }

        Binary(Kernels kernels, Kernel kernel, Place left, Place right, Place to) {
            super(kernels, left, right, to);
            this.kernel = kernel;
            this.left = left;
            this.right = right;
            this.to = to;
        }

        @Override
        public void endChunk(int at, int count) {
            kernel.run(kernels.of(count), left.at(at), right.at(at), to.at(at));
        }
    }

    /** Moments of chunks in single precision, merged in double. */
    static final class Statistics extends OnChunks {
        private final Normalization normalization;
        private final int channels;
        private final Place from;
        private final FloatPointer mean;
        private final FloatPointer variance;
        private final Moments chunk;
        private final float[] numbers;
        private int part;

        Statistics(Kernels kernels, Normalization normalization, int channels, Place from) {
            super(kernels, from);
            this.normalization = normalization;
            this.channels = channels;
            this.from = from;
            this.mean = new FloatPointer(channels);
            this.variance = new FloatPointer(channels);
            this.chunk = new Moments(channels);
            this.numbers = new float[channels];
        }

        @Override
        public void begin(int first, int number) {
            super.begin(first, number);
            part = number;
            Moments all = normalization.moments(part);
            all.rows = 0;
            Arrays.fill(all.mean, 0);
            Arrays.fill(all.squares, 0);
        }

        @Override
        public void endChunk(int at, int count) {
            kernels.of(count).moments(from.at(at), mean, variance);
            chunk.rows = (double) count / channels;
            mean.get(numbers);
            for (int c = 0; c < channels; c++) {
                chunk.mean[c] = numbers[c];
            }
            variance.get(numbers);
            for (int c = 0; c < channels; c++) {
                chunk.squares[c] = numbers[c] * chunk.rows;
            }
            normalization.moments(part).merge(chunk);
        }
    }

    /** Sums of chunks in single precision, added up in double. */
    static final class GradientSums extends OnChunks {
        private final Normalization normalization;
        private final Place gradient;
        private final Place value;
        private final FloatPointer sums;
        private final FloatPointer products;
        private final float[] numbers;
        private int part;

        GradientSums(Kernels kernels, Normalization normalization, int channels, Place gradient, Place value) {
            super(kernels, gradient, value);
            this.normalization = normalization;
            this.gradient = gradient;
            this.value = value;
            this.sums = new FloatPointer(channels);
            this.products = new FloatPointer(channels);
            this.numbers = new float[channels];
        }

        @Override
        public void begin(int first, int number) {
            super.begin(first, number);
            part = number;
            Arrays.fill(normalization.sums(part).gradient, 0);
            Arrays.fill(normalization.sums(part).product, 0);
        }

        @Override
        public void endChunk(int at, int count) {
            kernels.of(count)
                    .gradientSums(
                            gradient.at(at),
                            value.at(at),
                            normalization.factors().mean(),
                            sums,
                            products);
            add(sums, normalization.sums(part).gradient);
            add(products, normalization.sums(part).product);
        }

        private void add(FloatPointer from, double[] to) {
            from.get(numbers);
            for (int c = 0; c < numbers.length; c++) {
                to[c] += numbers[c];
            }
        }
    }
}
