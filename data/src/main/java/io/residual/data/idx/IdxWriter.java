package io.residual.data.idx;

import io.residual.core.ResidualException;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.IoErrors;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.idx.FashionMnist.DataFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes images as IDX files, under the names that {@link IdxSource} looks for. */
public final class IdxWriter {
    private static final int IMAGES = 0x00000803;
    private static final int LABELS = 0x00000801;

    private IdxWriter() {}

    /** Some of the bytes of a file. */
    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes one part of a data set, gzip-compressed, and the names of its classes. Equal images give equal files.
     *
     * @param images grey
     * @param split TEST, or any other for the training images
     * @throws ResidualException of kind BAD_RUN if a file cannot be written
     */
    public static void write(Path folder, ImageSet images, Split split) {
        if (images.channels() != 1) {
            throw new IllegalArgumentException(
                    "IDX files hold grey images, these have " + images.channels() + " channels");
        }
        byte[] pixels = new byte[images.height() * images.width()];
        write(
                folder.resolve((split == Split.TEST ? DataFile.TEST_IMAGES : DataFile.TRAINING_IMAGES).gzipName()),
                out -> {
                    out.write(header(IMAGES, images.size(), images.height(), images.width()));
                    for (int i = 0; i < images.size(); i++) {
                        images.copyPixels(i, pixels, 0);
                        out.write(pixels);
                    }
                });
        write(
                folder.resolve((split == Split.TEST ? DataFile.TEST_LABELS : DataFile.TRAINING_LABELS).gzipName()),
                out -> {
                    out.write(header(LABELS, images.size()));
                    for (int i = 0; i < images.size(); i++) {
                        out.write(images.label(i));
                    }
                });
        Path classes = folder.resolve(IdxSource.CLASSES_FILE);
        try {
            AtomicFile.write(classes, String.join("\n", images.classNames()) + "\n");
        } catch (IOException e) {
            throw unwritable(classes, e);
        }
    }

    private static byte[] header(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Integer.BYTES);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes.array();
    }

    private static void write(Path file, Content content) {
        try {
            AtomicFile.write(file, channel -> {
                GZIPOutputStream zip = new GZIPOutputStream(Channels.newOutputStream(channel), 1 << 16);
                content.writeTo(zip);
                zip.finish();
            });
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static ResidualException unwritable(Path file, IOException e) {
        return new ResidualException(
                ResidualException.Kind.BAD_RUN,
                file + ": cannot be written (" + IoErrors.reason(e) + "): is there space, and is the folder writable?",
                e);
    }
}
