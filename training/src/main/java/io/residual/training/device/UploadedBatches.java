package io.residual.training.device;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.step.DeviceTraining;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Training batches that are made on the host, for what the device cannot make itself. */
final class UploadedBatches implements DeviceTraining.Images, AutoCloseable {
    private final Device device;
    private final Format format;
    private final int values;
    private final int classes;
    private final long images;
    private final long labels;

    /**
     * Room for a batch.
     *
     * @param values of an image
     * @param batch images of a batch at most
     */
    UploadedBatches(Device device, Format format, int values, int classes, int batch) {
        this.device = device;
        this.format = format;
        this.values = values;
        this.classes = classes;
        this.images = device.allocate((long) batch * values * format.bytes());
        this.labels = device.allocate((long) batch * classes * Float.BYTES);
    }

    /**
     * The batch of the next step.
     *
     * @param from FLOAT [N, channels, height, width]
     * @param distributions over the classes, FLOAT [N, classes]
     */
    void upload(INDArray from, INDArray distributions) {
        device.upload(format.buffer(channelsLast(from)), images);
        device.upload(Format.F32.buffer(distributions.dup('c').data().asFloat()), labels);
    }

    /** Values [N, height, width, channels] of an array [N, channels, height, width]. */
    static float[] channelsLast(INDArray images) {
        return images.permute(0, 2, 3, 1).dup('c').data().asFloat();
    }

    @Override
    public void queue(long toImages, long toLabels, int count, long step) {
        device.copy(images, toImages, (long) count * values * format.bytes());
        device.copy(labels, toLabels, (long) count * classes * Float.BYTES);
    }

    @Override
    public void close() {
        device.free(images);
        device.free(labels);
    }
}
