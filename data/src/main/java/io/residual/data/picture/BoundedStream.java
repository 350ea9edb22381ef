package io.residual.data.picture;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file's bytes for a decoder, until a deadline and not far past their end: there are decoders that take what is missing
 * for zeros, and read on.
 */
final class BoundedStream extends ImageInputStreamImpl {
    /** Reads at the end: a decoder that looks ahead asks again for each of its last bits. */
    private static final int MAX_AT_END = 1000;

    /** Thrown if a decoder reads on behind the end. */
    static final class PastEnd extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** Reads between two looks at the clock. */
    private static final int LOOK_EVERY = 64;

    private final byte[] bytes;
    private final long start = System.nanoTime();
    private final long nanos;
    private volatile boolean stopped;
    private int reads;
    private int readsAtEnd;

    BoundedStream(byte[] bytes, long nanos) {
        this.bytes = bytes;
        this.nanos = nanos;
    }

    /** Lets no more be read. */
    void stop() {
        stopped = true;
    }

    /** Whether the decoder has read, or would have, after the deadline. */
    boolean isLate() {
        if (System.nanoTime() - start > nanos) {
            stopped = true;
        }
        return stopped;
    }

    private void require(boolean atEnd) throws IOException {
        if (++reads % LOOK_EVERY == 0 && isLate() || stopped) {
            throw new IOException("too late");
        }
        if (atEnd && ++readsAtEnd > MAX_AT_END) {
            // Not an EOFException, which such decoders catch.
            throw new PastEnd();
        }
    }

    @Override
    public int read() throws IOException {
        require(streamPos >= bytes.length);
        bitOffset = 0;
        return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        require(streamPos >= bytes.length);
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        int count = (int) Math.max(-1, Math.min(length, bytes.length - streamPos));
        if (count <= 0) {
            return -1;
        }
        System.arraycopy(bytes, (int) streamPos, into, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return bytes.length;
    }
}
