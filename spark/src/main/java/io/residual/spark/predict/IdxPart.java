package io.residual.spark.predict;

import io.residual.data.ImageNames;
import io.residual.data.idx.IdxFile;
import io.residual.data.picture.Picture;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.SoftReference;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a file of IDX images.
 *
 * @param name in the words of the user
 * @param uri where executors find it
 * @param bytes its size
 * @param pixels of an image
 * @param from the first row, from 0
 * @param to behind the last
 */
record IdxPart(String name, String uri, long bytes, int pixels, int from, int to) implements ImagePart {
    /** The last file that a task of this process read, since the next task most likely reads other rows of it. */
    private static final AtomicReference<@Nullable Last> LAST = new AtomicReference<>();

    /** @param file let go where memory is short */
    private record Last(String uri, FileStatus status, SoftReference<IdxFile> file) {
        boolean is(String otherUri, FileStatus other) {
            return uri.equals(otherUri)
                    && status.getLen() == other.getLen()
                    && status.getModificationTime() == other.getModificationTime();
        }
    }

    /**
     * All rows of a file.
     *
     * @throws io.residual.core.ResidualException of kind BAD_DATA if it is damaged, or has no images
     */
    static IdxPart all(String name, String uri, long bytes, Configuration storage) throws IOException {
        IdxFile file = open(name, uri, storage);
        return new IdxPart(name, uri, bytes, file.rows() * file.columns(), 0, file.count());
    }

    /** Some of these rows. */
    IdxPart rows(int first, int end) {
        return new IdxPart(name, uri, bytes, pixels, first, end);
    }

    @Override
    public void read(Configuration storage, Sink sink) throws IOException {
        IdxFile file = file(storage);
        ImageNames names = new ImageNames.Rows(name);
        int length = file.rows() * file.columns();
        for (int row = from; row < to; row++) {
            byte[] pixels = new byte[length];
            file.copy(row * length, pixels, 0, length);
            sink.image(names.name(row), decoder -> Picture.of(1, file.rows(), file.columns(), pixels));
        }
    }

    private IdxFile file(Configuration storage) throws IOException {
        Path path = new Path(uri);
        FileStatus status = path.getFileSystem(storage).getFileStatus(path);
        Last last = LAST.get();
        IdxFile known = last != null && last.is(uri, status) ? last.file.get() : null;
        if (known != null) {
            return known;
        }
        IdxFile file = open(name, uri, storage);
        LAST.set(new Last(uri, status, new SoftReference<>(file)));
        return file;
    }

    private static IdxFile open(String name, String uri, Configuration storage) throws IOException {
        Path path = new Path(uri);
        try (InputStream in = path.getFileSystem(storage).open(path)) {
            return IdxFile.readImages(name, in);
        }
    }

    @Override
    public String fingerprint() {
        return name + " " + uri + " " + bytes + " rows " + from + " to " + to;
    }

    @Override
    public long images() {
        return (long) to - from;
    }
}
