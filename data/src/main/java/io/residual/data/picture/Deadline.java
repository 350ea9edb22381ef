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
    public void imageComplete(ImageReader source) {}

    @Override
    public void readAborted(ImageReader source) {}

    @Override
    public void sequenceStarted(ImageReader source, int minIndex) {}

    @Override
    public void sequenceComplete(ImageReader source) {}

    @Override
    public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

    @Override
    public void thumbnailProgress(ImageReader source, float percentageDone) {}

    @Override
    public void thumbnailComplete(ImageReader source) {}
}
