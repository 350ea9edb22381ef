package io.residual.cuda.images;

import io.residual.core.ImageShape;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.images.BatchWriter.Labels;
import io.residual.cuda.images.ImageDraw.Box;
import io.residual.cuda.images.ImageRecipe.Border;
import io.residual.cuda.images.ImageRecipe.Fill;
import io.residual.data.BatchOrder;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.data.Taps;
import io.residual.data.augment.Augmenter;
import io.residual.data.augment.CropFlipErase;
import io.residual.data.augment.RandomCrop;
import io.residual.data.augment.RandomErasing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Batches of a set as {@link io.residual.data.ImageBatches} makes them, made on a device. */
final class DeviceBatches implements AutoCloseable {
    private final Device device;
    private final ImageSet set;
    private final ImageShape shape;
    private final BatchOrder order;
    private final CropFlipErase changes;
    private final Labels labels;
    private final Format format;
    private final DeviceImages images;
    private final BatchWriter writer;
    private final EpochDraws draws;
    private final long step;
    private final long out;
    private final long distributions;

    DeviceBatches(Device device, ImageSet set, InputForm form, Plan plan) {
        this.device = device;
        this.set = set;
        this.shape =
                new ImageShape(set.channels(), form.size().height(), form.size().width());
        this.order = plan.order;
        this.changes = CropFlipErase.of(plan.augmenter).orElseThrow();
        this.labels = new Labels(set.classNames().size(), plan.smoothing);
        this.format = plan.format;
        this.images = new DeviceImages(device, new SetSource(set));
        this.writer = new BatchWriter(images, recipe(set, form, changes), labels, format);
        this.step = device.allocate(Integer.BYTES);
        this.draws = new EpochDraws(device, set.size(), plan.batch, step);
        this.out = device.allocate(plan.batch * shape.values() * format.bytes());
        this.distributions = device.allocate((long) plan.batch * labels.classes() * Float.BYTES);
    }

    record Plan(int batch, BatchOrder order, Augmenter augmenter, double smoothing, Format format) {}

    private static ImageRecipe recipe(ImageSet set, InputForm form, CropFlipErase changes) {
        RandomCrop crop = changes.crop();
        RandomErasing erasing = changes.erasing();
        return new ImageRecipe(
                resampling(set.height(), form.rows(set.height(), set.width())),
                resampling(set.width(), form.columns(set.height(), set.width())),
                form.normalisation().levels(set.channels()),
                crop == null ? Border.ZERO : Border.valueOf(crop.padding().name()),
                erasing == null ? Fill.ZERO : Fill.valueOf(erasing.fill().name()));
    }

    private static Resampling resampling(int source, Taps taps) {
        int[] first = new int[taps.size()];
        int[][] weights = new int[taps.size()][];
        for (int i = 0; i < taps.size(); i++) {
            first[i] = taps.first(i);
            weights[i] = taps.weights(i);
        }
        return new Resampling(source, first, weights);
    }

    void epoch(int number) {
        int[] indices = order.indices(set.size(), number);
        int[] repeats = BatchOrder.repeats(indices);
        for (int i = 0; i < indices.length; i++) {
            CropFlipErase.Draw draw = changes.draw(shape, number, set.position(indices[i]), repeats[i]);
            Box box = draw.box()
                    .map(one -> new Box(one.top(), one.left(), one.height(), one.width()))
                    .orElse(Box.NONE);
            draws.set(i, new ImageDraw(indices[i], draw.down(), draw.right(), draw.flipped(), box, draw.fill()));
        }
        draws.upload();
    }

    /** Goes to a batch of the epoch. */
    void step(int number) {
        device.upload(buffer(Integer.BYTES).putInt(0, number), step);
    }

    /** Queues the making of the batch. */
    void write(int count) {
        writer.write(draws, count, out, distributions);
    }

    /** Of the batch that was made, [count, height, width, channels]. */
    ByteBuffer images(int count) {
        return downloaded(out, Math.toIntExact(count * shape.values() * format.bytes()));
    }

    /** Of the batch that was made, [count, classes]. */
    ByteBuffer labels(int count) {
        return downloaded(distributions, count * labels.classes() * Float.BYTES);
    }

    private ByteBuffer downloaded(long address, int bytes) {
        ByteBuffer buffer = buffer(bytes);
        device.download(address, buffer);
        return buffer;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        draws.close();
        writer.close();
        images.close();
        device.free(step);
        device.free(out);
        device.free(distributions);
    }
}
