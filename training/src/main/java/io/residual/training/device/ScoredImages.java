package io.residual.training.device;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.images.EpochDraws;
import io.residual.cuda.images.ImageDraw;
import io.residual.cuda.step.DeviceTraining;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.data.augment.Augmenter;
import io.residual.data.augment.CropFlipErase;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Images that stay on the device to be scored again and again. */
final class ScoredImages implements AutoCloseable {
    private final Device device;
    private final ImageSet set;
    private final int batch;
    private final StoredImages images;
    private final long number;
    private final EpochDraws draws;
    private final DeviceTraining.Images source = (to, labels, count, step) -> queue(to, labels, count);

    /**
     * Copies a set.
     *
     * @param batch images that are scored at a time
     */
    ScoredImages(Device device, ImageSet set, InputForm form, int batch, Format format) {
        this.device = device;
        this.set = set;
        this.batch = batch;
        this.images = new StoredImages(
                device, set, form, CropFlipErase.of(Augmenter.NONE).orElseThrow(), 0, format);
        this.number = device.allocate(Integer.BYTES);
        // The last batch is filled up with the first image.
        this.draws = new EpochDraws(device, (set.size() + batch - 1) / batch * batch, batch, number);
        for (int i = 0; i < draws.size(); i++) {
            draws.set(i, ImageDraw.unchanged(i < set.size() ? i : 0));
        }
        draws.upload();
    }

    ImageSet set() {
        return set;
    }

    private void queue(long to, long labels, int count) {
        images.write(draws, count, to, labels);
    }

    /** Probabilities of all images in their order, [images, classes]; nothing if it was stopped between two batches. */
    Optional<float[][]> probabilities(DeviceTraining network, BooleanSupplier stop) {
        float[][] all = new float[set.size()][];
        for (int from = 0; from < set.size(); from += batch) {
            if (stop.getAsBoolean()) {
                return Optional.empty();
            }
            int count = Math.min(batch, set.size() - from);
            device.upload(Device.buffer(Integer.BYTES).putInt(0, from / batch), number);
            float[] rows = network.probabilities(source, count, batch);
            int classes = rows.length / count;
            for (int i = 0; i < count; i++) {
                all[from + i] = Arrays.copyOfRange(rows, i * classes, (i + 1) * classes);
            }
        }
        return Optional.of(all);
    }

    @Override
    public void close() {
        draws.close();
        device.free(number);
        images.close();
    }
}
