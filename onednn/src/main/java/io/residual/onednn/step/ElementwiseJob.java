package io.residual.onednn.step;

import io.residual.onednn.kernels.ChannelTiles;
import io.residual.onednn.kernels.ChannelTiles.Coefficients;
import io.residual.onednn.kernels.RoundedRows;
import io.residual.program.Program.Value;
import io.residual.program.plan.Area;
import io.residual.program.plan.Task;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.FloatPointer;

/** Runs arithmetic on the images of a part, tile by tile. */
final class ElementwiseJob implements WorkerProgram.Job {
    /** Numbers that are copied at once from or to an area of bfloat16: they stay in a second-level cache. */
    private static final int CHUNK = 1 << 14;

    private final WorkerProgram worker;
    private final int count;
    private final int length;
    private final int chunk;
    private final int channels;
    private final BatchExecutor step;
    /** All operations on tiles: they know of NaN and infinity what ReLU's kernels do not. */
    private final List<TileJob> tiles;

    private final List<TileJob> fast;
    private int scratches;

    ElementwiseJob(WorkerProgram worker, BatchExecutor step, Task.Elementwise task, int images) {
        this.worker = worker;
        this.step = step;
        this.channels = task.shape().channels();
        this.count = Math.multiplyExact(images, task.shape().size());
        this.length = ChannelTiles.length(channels);
        boolean rounds = task.operations().stream().anyMatch(tile -> isRounded(tile, task.shape()));
        this.chunk = rounds ? Math.max(1, CHUNK / length) * length : count;
        float[][] registers = new float[task.registers()][length];
        Function<Task.Tile, TileJob> onTiles = tile -> job(step, tile, task.shape(), registers, images);
        this.tiles = task.operations().stream().map(onTiles).toList();
        this.scratches = 0;
        this.fast = rounds && RoundedRows.supports(channels)
                ? AreaOperations.jobs(task, area -> isRounded(area, task.shape()), new Makers(onTiles))
                : tiles;
    }

    @Override
    public void run(int from, int part) {
        List<TileJob> jobs = step.isFinite() ? fast : tiles;
        for (TileJob job : jobs) {
            job.begin(from, part);
        }
        for (int at = 0; at < count; at += chunk) {
            runChunk(jobs, at, Math.min(chunk, count - at));
        }
        for (TileJob job : jobs) {
            job.end();
        }
    }

    private void runChunk(List<TileJob> jobs, int start, int size) {
        for (TileJob job : jobs) {
            job.beginChunk(start, size);
        }
        for (int at = start; at < start + size; at += length) {
            int filled = Math.min(length, start + size - at);
            for (TileJob job : jobs) {
                job.run(at, filled);
            }
        }
        for (TileJob job : jobs) {
            job.endChunk(start, size);
        }
    }

    private TileJob job(BatchExecutor step, Task.Tile tile, Value shape, float[][] registers, int images) {
        if (tile instanceof Task.Load load) {
            return isRounded(load.from(), shape)
                    ? new RoundedJobs.Reading(this::rows, place(load.from()), scratch(), registers[load.to()])
                    : new TileMemory.Reading(load.from(), worker.buffer(load.from(), images), registers[load.to()]);
        }
        if (tile instanceof Task.Store store) {
            return isRounded(store.to(), shape)
                    ? new RoundedJobs.Writing(this::rows, place(store.to()), scratch(), registers[store.from()])
                    : new TileMemory.Writing(store.to(), worker.buffer(store.to(), images), registers[store.from()]);
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

    private static boolean isRounded(Task.Tile tile, Value shape) {
        return (tile instanceof Task.Load load && isRounded(load.from(), shape))
                || (tile instanceof Task.Store store && isRounded(store.to(), shape));
    }

    private static boolean isRounded(Area area, Value shape) {
        return area.bytesPerImage() < (long) shape.size() * Float.BYTES;
    }

    private FloatPointer scratch() {
        return worker.scratch(scratches++, Math.min(chunk, count));
    }

    private RoundedJobs.Place place(Area area) {
        return new RoundedJobs.Place(worker, area);
    }

    private RoundedRows rows(int numbers) {
        return worker.rows(numbers / channels, channels);
    }

    /** What needs no tiles. */
    private final class Makers implements AreaOperations.Makers {
        private final Function<Task.Tile, TileJob> onTiles;
        private final RoundedJobs.Kernels kernels = ElementwiseJob.this::rows;

        Makers(Function<Task.Tile, TileJob> onTiles) {
            this.onTiles = onTiles;
        }

        @Override
        public TileJob statistics(Task.Statistics operation, Area from) {
            return new RoundedJobs.Statistics(
                    kernels, step.normalization(operation.operation()), channels, place(from));
        }

        @Override
        public TileJob sums(Task.GradientSums operation, Area gradient, Area value) {
            return new RoundedJobs.GradientSums(
                    kernels, step.normalization(operation.operation()), channels, place(gradient), place(value));
        }

        @Override
        public TileJob normalizedRelu(Task.NormalizedRelu operation, Area from, Area to) {
            return new RoundedJobs.NormalizedRelu(
                    kernels, step.normalization(operation.operation()), place(from), place(to));
        }

        @Override
        public TileJob sum(Area left, Area right, Area to) {
            return new RoundedJobs.Binary(kernels, RoundedRows::add, place(left), place(right), place(to));
        }

        @Override
        public TileJob mask(Area gradient, Area value, Area to) {
            return new RoundedJobs.Binary(kernels, RoundedRows::mask, place(gradient), place(value), place(to));
        }

        @Override
        public TileJob onTiles(Task.Tile operation) {
            return onTiles.apply(operation);
        }
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
            return new TileSums.Statistics(
                    step.normalization(statistics.operation()), channels, count, registers[statistics.from()]);
        }
        Task.GradientSums sums = (Task.GradientSums) tile;
        return new TileSums.GradientSums(
                step.normalization(sums.operation()), registers[sums.gradient()], registers[sums.value()]);
    }
}
