package io.residual.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;

/** Hands bytes on to another channel and computes their SHA-256 on the way. Closing it closes nothing. */
final class DigestingChannel implements WritableByteChannel {
    private final WritableByteChannel out;
    private final MessageDigest digest = Sha256.digest();

    DigestingChannel(WritableByteChannel out) {
        this.out = out;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        ByteBuffer taken = bytes.duplicate();
        int count = out.write(bytes);
        digest.update(taken.limit(taken.position() + count));
        return count;
    }

    /** The digest of all that was written; to be asked for once. */
    String sha256() {
        return Sha256.hex(digest);
    }

    @Override
    public boolean isOpen() {
        return out.isOpen();
    }

    @Override
    public void close() {}
}
