package io.residual.training.device;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.images.BatchWriter;
import io.residual.cuda.images.DeviceImages;
import io.residual.cuda.images.EpochDraws;
import io.residual.cuda.images.ImageRecipe;
import io.residual.cuda.images.Resampling;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.data.Taps;
import io.residual.data.augment.CropFlipErase;

/** The images of a set on the device, where batches are made of them. */
final class StoredImages implements AutoCloseable {
    private final DeviceImages images;
    private final BatchWriter writer;

    /**
     * Copies a set.
     *
     * @param smoothing share of a label that is spread over all classes
     */
    StoredImages(Device device, ImageSet set, InputForm form, CropFlipErase changes, double smoothing, Format format) {
        this.images = new DeviceImages(device, new Bytes(set));
        this.writer = new BatchWriter(
                images,
                recipe(set, form, changes),
                new BatchWriter.Labels(set.classNames().size(), smoothing),
                format);
    }

    /** Bytes on the device that a set takes. */
    static long bytes(ImageSet set) {
        return (long) set.size() * (set.channels() * set.height() * set.width() + Integer.BYTES);
    }

    private record Bytes(ImageSet set) implements DeviceImages.Source {
        @Override
        public int size() {
            return set.size();
        }

        @Override
        public int channels() {
            return set.channels();
        }

        @Override
        public int height() {
            return set.height();
        }

        @Override
        public int width() {
            return set.width();
        }

        @Override
        public void copyPixels(int index, byte[] target) {
            set.copyPixels(index, target, 0);
        }

        @Override
        public int label(int index) {
            return set.label(index);
        }
    }

    private static ImageRecipe recipe(ImageSet set, InputForm form, CropFlipErase changes) {
        return new ImageRecipe(
                resampling(set.height(), form.rows(set.height(), set.width())),
                resampling(set.width(), form.columns(set.height(), set.width())),
                form.normalisation().levels(set.channels()),
                changes.crop() == null
                        ? ImageRecipe.Border.ZERO
                        : ImageRecipe.Border.valueOf(changes.crop().padding().name()),
                changes.erasing() == null
                        ? ImageRecipe.Fill.ZERO
                        : ImageRecipe.Fill.valueOf(changes.erasing().fill().name()));
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

    /** Queues the next batch of an epoch, see {@link BatchWriter#write}. */
    void write(EpochDraws draws, int count, long to, long labels) {
        writer.write(draws, count, to, labels);
    }

    @Override
    public void close() {
        writer.close();
        images.close();
    }
}
