package io.residual.data.picture;

import java.io.IOException;
import java.util.Arrays;
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
    private final long end;
    private final long length;
    private final long start = System.nanoTime();
    private final long nanos;
    private volatile boolean stopped;
    private int reads;
    private int readsAtEnd;

    /**
     * A stream that starts at the first byte, and its time now.
     *
     * @param zeros that follow the bytes
     * @param minLength that it claims to have
     */
    BoundedStream(byte[] bytes, int zeros, long minLength, long nanos) {
        this.bytes = bytes;
        this.end = (long) bytes.length + zeros;
        this.length = Math.max(bytes.length, minLength);
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
        if ((++reads % LOOK_EVERY == 0 && isLate()) || stopped) {
            throw new IOException("too late");
        }
        if (atEnd && ++readsAtEnd > MAX_AT_END) {
            // Not an EOFException, which such decoders catch.
            throw new PastEnd();
        }
    }

    @Override
    public int read() throws IOException {
        require(streamPos >= end);
        bitOffset = 0;
        if (streamPos >= end) {
            return -1;
        }
        int at = (int) streamPos++;
        return at < bytes.length ? bytes[at] & 0xff : 0;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        require(streamPos >= end);
        bitOffset = 0;
        int count = (int) Math.min(length, end - streamPos);
        if (count <= 0) {
            return length == 0 ? 0 : -1;
        }
        int there = (int) Math.max(0, Math.min(count, bytes.length - streamPos));
        System.arraycopy(bytes, (int) Math.min(bytes.length, streamPos), into, offset, there);
        Arrays.fill(into, offset + there, offset + count, (byte) 0);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return length;
    }
}
