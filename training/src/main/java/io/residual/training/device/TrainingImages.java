package io.residual.training.device;

import io.residual.core.ImageShape;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.images.EpochDraws;
import io.residual.cuda.images.ImageDraw;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.augment.CropFlipErase;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Training batches of images that stay on the device. What is random is drawn on the host, for an epoch while the one before it runs. */
final class TrainingImages implements AutoCloseable {
    private final ImageSet set;
    private final ImageShape shape;
    private final BatchOrder order;
    private final CropFlipErase changes;
    private final StoredImages images;
    private final EpochDraws draws;
    /** The epoch whose draws are on the device. */
    private int uploaded = -1;
    /** The epoch whose draws are on the host, or will be when the task is done. */
    private int drawn = -1;

    private @Nullable CompletableFuture<Void> drawing;

    /**
     * Copies a set.
     *
     * @param step address of the number of the batch in its epoch
     */
    TrainingImages(
            Device device, ImageBatches batches, CropFlipErase changes, double smoothing, Format format, long step) {
        this.set = batches.images();
        this.shape = new ImageShape(
                set.channels(),
                batches.form().size().height(),
                batches.form().size().width());
        this.order = batches.order();
        this.changes = changes;
        this.images = new StoredImages(device, set, batches.form(), changes, smoothing, format);
        this.draws = new EpochDraws(device, set.size(), batches.batchSize(), step);
    }

    /** Goes to an epoch. */
    void epoch(int number) {
        if (uploaded == number) {
            return;
        }
        finishDrawing();
        if (drawn != number) {
            draw(number);
        }
        draws.upload();
        uploaded = number;
        drawn = number + 1;
        drawing = CompletableFuture.runAsync(() -> draw(number + 1));
    }

    private void finishDrawing() {
        if (drawing != null) {
            drawing.join();
            drawing = null;
        }
    }

    private void draw(int epoch) {
        int[] indices = order.indices(set.size(), epoch);
        int[] repeats = BatchOrder.repeats(indices);
        for (int i = 0; i < indices.length; i++) {
            CropFlipErase.Draw draw = changes.draw(shape, epoch, set.position(indices[i]), repeats[i]);
            ImageDraw.Box box = draw.box()
                    .map(one -> new ImageDraw.Box(one.top(), one.left(), one.height(), one.width()))
                    .orElse(ImageDraw.Box.NONE);
            draws.set(i, new ImageDraw(indices[i], draw.down(), draw.right(), draw.flipped(), box, draw.fill()));
        }
    }

    /** Queues a batch, see {@link io.residual.cuda.step.DeviceTraining.Images}. */
    void queue(long to, long labels, int count) {
        images.write(draws, count, to, labels);
    }

    @Override
    public void close() {
        finishDrawing();
        draws.close();
        images.close();
    }
}
