package io.residual.cuda.images;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Device;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The images of a set and their classes on the device, a byte for each level. */
public final class DeviceImages implements AutoCloseable {
    /** Of memory of the host that copies go through. */
    private static final int CHUNK = 16 << 20;

    private final Device device;
    private final Source source;
    private final long pixels;
    private final long labels;

    /** A set of images of one shape. */
    public interface Source {
        /** Number of images, at least 1. */
        int size();

        int channels();

        /** In pixels. */
        int height();

        /** In pixels. */
        int width();

        /** Copies an image, unsigned bytes, [channels, height, width], to the start of {@code target}. */
        void copyPixels(int index, byte[] target);

        /** The class of an image, from 0. */
        int label(int index);
    }

    /**
     * Copies a set to the device.
     *
     * @throws CudaException if it has too little memory free
     */
    public DeviceImages(Device device, Source source) {
        this.device = device;
        this.source = source;
        int imageBytes = Math.multiplyExact(source.channels(), Math.multiplyExact(source.height(), source.width()));
        this.pixels = device.allocate((long) source.size() * imageBytes);
        this.labels = device.allocate((long) source.size() * Integer.BYTES);
        uploadPixels(imageBytes);
        ByteBuffer classes = ByteBuffer.allocateDirect(Math.multiplyExact(source.size(), Integer.BYTES))
                .order(ByteOrder.nativeOrder());
        for (int i = 0; i < source.size(); i++) {
            classes.putInt(source.label(i));
        }
        device.upload(classes.flip(), labels);
    }

    private void uploadPixels(int imageBytes) {
        byte[] image = new byte[imageBytes];
        int perChunk = Math.min(source.size(), Math.max(1, CHUNK / imageBytes));
        ByteBuffer chunk = ByteBuffer.allocateDirect(Math.multiplyExact(perChunk, imageBytes));
        for (int from = 0; from < source.size(); from += perChunk) {
            chunk.clear();
            for (int i = from; i < Math.min(source.size(), from + perChunk); i++) {
                source.copyPixels(i, image);
                chunk.put(image);
            }
            device.upload(chunk.flip(), pixels + (long) from * imageBytes);
        }
    }

    Device device() {
        return device;
    }

    /** Bytes on the device. */
    public long bytes() {
        return (long) source.size() * (source.channels() * source.height() * source.width() + Integer.BYTES);
    }

    /** @throws IllegalArgumentException if the recipe is for images of another shape */
    void requireFor(ImageRecipe recipe) {
        if (recipe.channels() != source.channels()
                || recipe.rows().source() != source.height()
                || recipe.columns().source() != source.width()) {
            throw new IllegalArgumentException("a recipe for "
                    + shape(
                            recipe.channels(),
                            recipe.rows().source(),
                            recipe.columns().source())
                    + " cannot take images of " + shape(source.channels(), source.height(), source.width()));
        }
    }

    private static String shape(int channels, int height, int width) {
        return "[" + channels + ", " + height + ", " + width + "]";
    }

    /** Address of [images, channels, height, width]. */
    long pixels() {
        return pixels;
    }

    /** Address of the classes, 32-bit integers, [images]. */
    long labels() {
        return labels;
    }

    @Override
    public void close() {
        device.free(pixels);
        device.free(labels);
    }
}
