package io.residual.onednn.step;

import io.residual.onednn.kernels.ChannelTiles;
import io.residual.onednn.kernels.ChannelTiles.Coefficients;
import io.residual.onednn.kernels.Moments;
import io.residual.program.plan.Area;
import io.residual.program.plan.Task;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs arithmetic on the images of a part, tile by tile. */
final class ElementwiseJob implements WorkerProgram.Job {
    /** Additions to a lane in single precision. */
    private static final int MAX_ADDITIONS = 16;

    private final WorkerProgram worker;
    private final int count;
    private final int length;
    private final int channels;
    private final List<TileJob> jobs = new ArrayList<>();

    /** An operation on one tile. */
    private interface TileJob {
        default void begin(int from, int part) {}

        /** @param at where the tile begins within the part, in numbers */
        void run(int at, int filled);

        default void end() {}
    }

    ElementwiseJob(WorkerProgram worker, BatchExecutor step, Task.Elementwise task, int images) {
        this.worker = worker;
        this.channels = task.shape().channels();
        this.count = Math.multiplyExact(images, task.shape().size());
        this.length = ChannelTiles.length(channels);
        float[][] registers = new float[task.registers()][length];
        for (Task.Tile tile : task.operations()) {
            jobs.add(job(step, tile, registers, images));
        }
    }

    @Override
    public void run(int from, int part) {
        for (TileJob job : jobs) {
            job.begin(from, part);
        }
        for (int at = 0; at < count; at += length) {
            int filled = Math.min(length, count - at);
            for (TileJob job : jobs) {
                job.run(at, filled);
            }
        }
        for (TileJob job : jobs) {
            job.end();
        }
    }

    private TileJob job(BatchExecutor step, Task.Tile tile, float[][] registers, int images) {
        if (tile instanceof Task.Load load) {
            return new Reading(load.from(), registers[load.to()], images);
        }
        if (tile instanceof Task.Store store) {
            return new Writing(store.to(), registers[store.from()], images);
        }
        if (tile instanceof Task.Sum sum) {
            float[] left = registers[sum.left()];
            float[] right = registers[sum.right()];
            float[] to = registers[sum.to()];
            return (at, filled) -> ChannelTiles.sum(left, right, to, filled);
        }
        if (tile instanceof Task.Relu relu) {
            float[] from = registers[relu.from()];
            float[] to = registers[relu.to()];
            return (at, filled) -> ChannelTiles.relu(from, to, filled);
        }
        if (tile instanceof Task.Mask mask) {
            float[] gradient = registers[mask.gradient()];
            float[] value = registers[mask.value()];
            float[] to = registers[mask.to()];
            return (at, filled) -> ChannelTiles.mask(gradient, value, to, filled);
        }
        return normalization(step, tile, registers);
    }

    private TileJob normalization(BatchExecutor step, Task.Tile tile, float[][] registers) {
        if (tile instanceof Task.Normalized normalized) {
            Coefficients by = step.normalization(normalized.operation()).coefficients();
            float[] from = registers[normalized.from()];
            float[] to = registers[normalized.to()];
            return (at, filled) -> ChannelTiles.normalize(from, by.mean, by.scale, by.shift, to, filled);
        }
        if (tile instanceof Task.NormalizedRelu normalized) {
            Coefficients by = step.normalization(normalized.operation()).coefficients();
            float[] from = registers[normalized.from()];
            float[] to = registers[normalized.to()];
            return (at, filled) -> ChannelTiles.normalizeAndRelu(from, by.mean, by.scale, by.shift, to, filled);
        }
        if (tile instanceof Task.NormalizedGradient normalized) {
            Coefficients by = step.normalization(normalized.operation()).coefficients();
            float[] gradient = registers[normalized.gradient()];
            float[] value = registers[normalized.value()];
            float[] to = registers[normalized.to()];
            return (at, filled) -> ChannelTiles.normalizedGradient(gradient, value, by, to, filled);
        }
        if (tile instanceof Task.Statistics statistics) {
            return new MomentsOfPart(step.normalization(statistics.operation()), registers[statistics.from()]);
        }
        Task.GradientSums sums = (Task.GradientSums) tile;
        return new SumsOfPart(
                step.normalization(sums.operation()), registers[sums.gradient()], registers[sums.value()]);
    }

    private final class Reading implements TileJob {
        /** Floats of a cache line. */
        private static final int LINE = 16;

        private final Area area;
        private final FloatBuffer buffer;
        private final float[] register;
        private int start;
        /** Keeps the reads that bring numbers into the cache. */
        private float touched;

        Reading(Area area, float[] register, int images) {
            this.area = area;
            this.register = register;
            this.buffer = worker.buffer(area, images);
        }

        @Override
        public void begin(int from, int part) {
            start = start(area, from);
            if (area.place() == Area.Place.SHARED) {
                // One after the other they come faster than between those of other areas.
                float sum = 0;
                for (int i = start; i < start + count; i += LINE) {
                    sum += buffer.get(i);
                }
                touched = sum;
            }
        }

        @Override
        public void run(int at, int filled) {
            buffer.get(start + at, register, 0, filled);
        }

        @Override
        public String toString() {
            return "numbers from " + area.offset() + " on, which add up to " + touched;
        }
    }

    private final class Writing implements TileJob {
        private final Area area;
        private final FloatBuffer buffer;
        private final float[] register;
        private int start;

        Writing(Area area, float[] register, int images) {
            this.area = area;
            this.register = register;
            this.buffer = worker.buffer(area, images);
        }

        @Override
        public void begin(int from, int part) {
            start = start(area, from);
        }

        @Override
        public void run(int at, int filled) {
            buffer.put(start + at, register, 0, filled);
        }
    }

    private static int start(Area area, int from) {
        return area.place() == Area.Place.SHARED ? Math.toIntExact(from * area.bytesPerImage() / Float.BYTES) : 0;
    }

    /** Deviations from the mean of the first tile are added in single precision, few to a lane, then in double. */
    private final class MomentsOfPart implements TileJob {
        private final Normalization normalization;
        private final float[] values;
        private final float[] pivots = new float[length];
        private final float[] sums = new float[length];
        private final float[] squares = new float[length];
        private final float[] half = new float[length];
        private final float[] pivot = new float[channels];
        private final double[] total = new double[channels];
        private final double[] totalSquares = new double[channels];
        private int part;
        private int additions;
        private boolean first;

        MomentsOfPart(Normalization normalization, float[] values) {
            this.normalization = normalization;
            this.values = values;
        }

        @Override
        public void begin(int from, int number) {
            part = number;
            first = true;
            additions = 0;
            Arrays.fill(sums, 0);
            Arrays.fill(squares, 0);
            Arrays.fill(total, 0);
            Arrays.fill(totalSquares, 0);
        }

        @Override
        public void run(int at, int filled) {
            if (first) {
                setPivots(filled);
                first = false;
            }
            ChannelTiles.addDeviations(values, pivots, sums, squares, filled);
            if (++additions == MAX_ADDITIONS) {
                fold();
            }
        }

        private void setPivots(int filled) {
            Arrays.fill(total, 0);
            for (int at = 0; at < filled; at += channels) {
                for (int c = 0; c < channels; c++) {
                    total[c] += values[at + c];
                }
            }
            for (int c = 0; c < channels; c++) {
                pivot[c] = (float) (total[c] * channels / filled);
                total[c] = 0;
            }
            ChannelTiles.repeat(pivot, pivots);
        }

        private void fold() {
            ChannelTiles.fold(sums, half, total);
            ChannelTiles.fold(squares, half, totalSquares);
            Arrays.fill(sums, 0);
            Arrays.fill(squares, 0);
            additions = 0;
        }

        @Override
        public void end() {
            fold();
            Moments moments = normalization.moments(part);
            double rows = (double) count / channels;
            moments.rows = rows;
            for (int c = 0; c < channels; c++) {
                double rest = total[c] / rows;
                moments.mean[c] = pivot[c] + rest;
                moments.squares[c] = Math.max(0, totalSquares[c] - rows * rest * rest);
            }
        }
    }

    private final class SumsOfPart implements TileJob {
        private final Normalization normalization;
        private final float[] gradient;
        private final float[] values;
        private final float[] mean;
        private final float[] sums = new float[length];
        private final float[] products = new float[length];
        private final float[] half = new float[length];
        private Normalization.GradientSums totals;
        private int additions;

        SumsOfPart(Normalization normalization, float[] gradient, float[] values) {
            this.normalization = normalization;
            this.gradient = gradient;
            this.values = values;
            this.mean = normalization.coefficients().mean;
            this.totals = normalization.sums(0);
        }

        @Override
        public void begin(int from, int part) {
            totals = normalization.sums(part);
            additions = 0;
            Arrays.fill(totals.gradient, 0);
            Arrays.fill(totals.product, 0);
            Arrays.fill(sums, 0);
            Arrays.fill(products, 0);
        }

        @Override
        public void run(int at, int filled) {
            ChannelTiles.addGradients(gradient, values, mean, sums, products, filled);
            if (++additions == MAX_ADDITIONS) {
                fold();
            }
        }

        private void fold() {
            ChannelTiles.fold(sums, half, totals.gradient);
            ChannelTiles.fold(products, half, totals.product);
            Arrays.fill(sums, 0);
            Arrays.fill(products, 0);
            additions = 0;
        }

        @Override
        public void end() {
            fold();
        }
    }
}
