package io.residual.training.device;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.step.DeviceTraining;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
        float[] pixels = channelsLast(from);
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(pixels.length * format.bytes()).order(ByteOrder.nativeOrder());
        if (format == Format.BF16) {
            for (int i = 0; i < pixels.length; i++) {
                bytes.putShort(i * Short.BYTES, bf16(pixels[i]));
            }
        } else {
            bytes.asFloatBuffer().put(pixels);
        }
        device.upload(bytes, images);
        float[] shares = distributions.dup('c').data().asFloat();
        ByteBuffer numbers =
                ByteBuffer.allocateDirect(shares.length * Float.BYTES).order(ByteOrder.nativeOrder());
        numbers.asFloatBuffer().put(shares);
        device.upload(numbers, labels);
    }

    /** The nearest, of two as near the even one. */
    private static short bf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
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
