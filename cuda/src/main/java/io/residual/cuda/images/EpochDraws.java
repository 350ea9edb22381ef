package io.residual.cuda.images;

import io.residual.cuda.device.Device;
import java.nio.ByteBuffer;

/**
 * The images of an epoch in their order, on the device, at an address that stays: a captured batch reads those of the
 * next epoch once they are uploaded.
 */
public final class EpochDraws implements AutoCloseable {
    /** As the kernel reads an image, with two integers unused for 16 bytes' alignment. */
    private static final int BYTES = 12 * Integer.BYTES;

    private final Device device;
    private final int batch;
    private final long step;
    private final ByteBuffer draws;
    private final long address;

    /**
     * Room for an epoch, of unchanged images 0 at first.
     *
     * @param images of an epoch
     * @param batch images of a batch, but for a smaller last one
     * @param step address of a 32-bit integer on the device: the number of the next batch in the epoch, from 0
     */
    public EpochDraws(Device device, int images, int batch, long step) {
        this.device = device;
        this.batch = batch;
        this.step = step;
        this.draws = Device.buffer((long) images * BYTES);
        this.address = device.allocate(draws.capacity());
    }

    /** Sets an image, for the next {@link #upload}. */
    public void set(int place, ImageDraw draw) {
        int at = place * BYTES;
        draws.putInt(at, draw.index());
        draws.putInt(at + 4, draw.down());
        draws.putInt(at + 8, draw.right());
        draws.putInt(at + 12, draw.flipped() ? 1 : 0);
        draws.putInt(at + 16, draw.box().top());
        draws.putInt(at + 20, draw.box().left());
        draws.putInt(at + 24, draw.box().height());
        draws.putInt(at + 28, draw.box().width());
        draws.putInt(at + 32, (int) draw.fill());
        draws.putInt(at + 36, (int) (draw.fill() >>> Integer.SIZE));
    }

    /** What is queued from now on reads the images that were set. */
    public void upload() {
        device.upload(draws, address);
    }

    /** Images of an epoch. */
    public int size() {
        return draws.capacity() / BYTES;
    }

    int batch() {
        return batch;
    }

    long step() {
        return step;
    }

    long address() {
        return address;
    }

    @Override
    public void close() {
        device.free(address);
    }
}
