package io.residual.cuda.images;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.KernelSource;
import io.residual.cuda.device.Kernels;
import java.nio.ByteBuffer;

/** Queues the making of batches from a set on the device. */
public final class BatchWriter implements AutoCloseable {
    private static final int THREADS = 256;

    private final Device device;
    private final DeviceImages images;
    private final ImageRecipe recipe;
    private final Labels labels;
    private final Kernels kernels;
    private final long rows;
    private final long columns;
    private final long levels;

    /**
     * How labels become distributions over the classes.
     *
     * @param smoothing share of a label that is spread evenly over all classes, in [0, 1)
     */
    public record Labels(int classes, double smoothing) {
        public Labels {
            if (classes < 1 || !(smoothing >= 0 && smoothing < 1)) {
                throw new IllegalArgumentException(
                        "labels of " + classes + " classes cannot be smoothed by " + smoothing);
            }
        }

        /** The number of another class than the image's. */
        float off() {
            return (float) (smoothing / classes);
        }

        /** The number of the image's class. */
        float on() {
            return (float) (1 - smoothing) + off();
        }
    }

    /**
     * Compiles for a recipe.
     *
     * @param format of the images of a batch
     * @throws IllegalArgumentException if the recipe is for images of another shape
     * @throws CudaException if the device has too little memory free
     */
    public BatchWriter(DeviceImages images, ImageRecipe recipe, Labels labels, Format format) {
        images.requireFor(recipe);
        this.device = images.device();
        this.images = images;
        this.recipe = recipe;
        this.labels = labels;
        this.kernels = device.compile(recipe.definitions(format) + KernelSource.of("images.cu"));
        this.rows = uploaded(recipe.rows().table(), Integer.BYTES);
        this.columns = uploaded(recipe.columns().table(), Integer.BYTES);
        this.levels = uploaded(recipe.levelBits(format), format.bytes());
    }

    private long uploaded(int[] values, int bytes) {
        ByteBuffer buffer = Device.buffer((long) values.length * bytes);
        for (int value : values) {
            if (bytes == Short.BYTES) {
                buffer.putShort((short) value);
            } else {
                buffer.putInt(value);
            }
        }
        long address = device.allocate(buffer.capacity());
        device.upload(buffer.flip(), address);
        return address;
    }

    /**
     * Queues the next batch of an epoch.
     *
     * @param count its images, the first of the batch: fewer than usual in a smaller last one
     * @param to address of the images, [count, height, width, channels]
     * @param distributions address of the labels, 32-bit numbers, [count, classes]
     */
    public void write(EpochDraws epoch, int count, long to, long distributions) {
        if (count < 1 || count > epoch.batch()) {
            throw new IllegalArgumentException("a batch of up to " + epoch.batch() + " images cannot have " + count);
        }
        int pixels = Math.multiplyExact(count, Math.multiplyExact(recipe.height(), recipe.width()));
        kernels.get("writeBatch")
                .launch(
                        (int) (((long) pixels + THREADS - 1) / THREADS),
                        1,
                        THREADS,
                        images.pixels(),
                        images.labels(),
                        rows,
                        columns,
                        levels,
                        epoch.address(),
                        epoch.step(),
                        epoch.batch(),
                        count,
                        to,
                        distributions,
                        labels.classes(),
                        labels.on(),
                        labels.off());
    }

    @Override
    public void close() {
        device.free(rows);
        device.free(columns);
        device.free(levels);
    }
}
