package io.residual.spark.predict;

import io.residual.data.ImageNames;
import io.residual.data.idx.IdxFile;
import io.residual.data.picture.Picture;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Rows of a file of IDX images.
 *
 * @param name in the words of the user
 * @param uri where executors find it
 * @param bytes its size
 * @param from the first row, from 0
 * @param to behind the last
 */
record IdxPart(String name, String uri, long bytes, int from, int to) implements ImagePart {
    @Override
    public void read(Configuration storage, Sink sink) throws IOException {
        IdxFile file = open(name, uri, storage);
        ImageNames names = new ImageNames.Rows(name);
        int length = file.rows() * file.columns();
        for (int row = from; row < to; row++) {
            byte[] pixels = new byte[length];
            file.copy(row * length, pixels, 0, length);
            sink.image(names.name(row), decoder -> Picture.of(1, file.rows(), file.columns(), pixels));
        }
    }

    /**
     * Reads a file.
     *
     * @throws io.residual.core.ResidualException of kind BAD_DATA if it is damaged, or has no images
     */
    static IdxFile open(String name, String uri, Configuration storage) throws IOException {
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
