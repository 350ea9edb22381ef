package io.residual.data.picture;

import java.time.Duration;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;

/** Gives up reading a picture that takes too long, such as a JPEG of thousands of passes. Decoders ask it row by row. */
final class Deadline implements IIOReadProgressListener {
    private final long nanos;
    private final long start = System.nanoTime();
    private boolean passed;

    Deadline(Duration max) {
        this.nanos = max.toNanos();
    }

    boolean passed() {
        return passed;
    }

    private void look(ImageReader source) {
        if (System.nanoTime() - start > nanos) {
            passed = true;
            source.abort();
        }
    }

    @Override
    public void imageProgress(ImageReader source, float percentageDone) {
        look(source);
    }

    @Override
    public void imageStarted(ImageReader source, int imageIndex) {
        look(source);
    }

    @Override
    public void imageComplete(ImageReader source) {
        // What is done in time or late is done.
    }

    @Override
    public void readAborted(ImageReader source) {
        // The one who aborted knows.
    }

    @Override
    public void sequenceStarted(ImageReader source, int minIndex) {
        // One picture is read, no sequence.
    }

    @Override
    public void sequenceComplete(ImageReader source) {
        // One picture is read, no sequence.
    }

    @Override
    public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {
        // Thumbnails are not read.
    }

    @Override
    public void thumbnailProgress(ImageReader source, float percentageDone) {
        // Thumbnails are not read.
    }

    @Override
    public void thumbnailComplete(ImageReader source) {
        // Thumbnails are not read.
    }
}
