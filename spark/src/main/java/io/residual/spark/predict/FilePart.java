package io.residual.spark.predict;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Files of an image each. */
record FilePart(List<ImageFile> files) implements ImagePart {
    /**
     * A file.
     *
     * @param name in the words of the user
     * @param uri where executors find it
     * @param bytes 0 if it was missing
     */
    record ImageFile(String name, String uri, long bytes) implements Serializable {}

    FilePart {
        files = List.copyOf(files);
    }

    @Override
    public void read(Configuration storage, Sink sink) {
        for (ImageFile file : files) {
            sink.image(
                    file.name(),
                    decoder -> decoder.decode(
                            content(storage, file.uri(), decoder.limits().bytes())));
        }
    }

    /** One byte more than the limit is enough to be refused by it. */
    private static byte[] content(Configuration storage, String uri, int limit) throws IOException {
        Path path = new Path(uri);
        try (InputStream in = path.getFileSystem(storage).open(path)) {
            return in.readNBytes(Math.addExact(limit, 1));
        }
    }

    @Override
    public String fingerprint() {
        return files.stream()
                .map(file -> file.name() + " " + file.uri() + " " + file.bytes())
                .collect(Collectors.joining("\n"));
    }

    @Override
    public long images() {
        return files.size();
    }
}
