package io.residual.spark.cluster;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A folder that the driver and all executors see, on any file system that Hadoop knows: {@code file:} for a mounted one,
 * {@code hdfs:}, {@code s3a:}. Tasks may carry it. Names are relative to it, with {@code /} between folders.
 *
 * <p>All methods throw a {@link ResidualException} of kind BAD_RUN that names the file if it cannot be read or written.
 */
public final class SharedStorage implements Serializable {
    private static final long serialVersionUID = 1;
    private static final String WRITING = ".writing";

    private final String root;
    /** Sent to each executor once: tasks would read its thousand properties for longer than many of them work. */
    private final Broadcast<SerializableConfiguration> configuration;

    private SharedStorage(String root, Broadcast<SerializableConfiguration> configuration) {
        this.root = root;
        this.configuration = configuration;
    }

    /**
     * The folder of a URI, which is created if it does not exist.
     *
     * @param uri a path without a scheme is one of this machine
     */
    public static SharedStorage of(ClusterSession session, String uri) {
        String root =
                uri.contains(":/") ? uri : java.nio.file.Path.of(uri).toUri().toString();
        SharedStorage storage = new SharedStorage(
                root,
                session.context()
                        .broadcast(
                                new SerializableConfiguration(session.context().hadoopConfiguration())));
        storage.work("", (files, folder) -> files.mkdirs(folder));
        return storage;
    }

    /** A folder in this one; it is created when something is put there. */
    public SharedStorage folder(String name) {
        return new SharedStorage(root + (root.endsWith("/") ? "" : "/") + name, configuration);
    }

    /** The settings of Hadoop's file systems. */
    public Configuration configuration() {
        return configuration.value().value();
    }

    /** Copies a file of this machine; others see all of it or nothing. */
    public void put(java.nio.file.Path file, String name) {
        work(name, (files, target) -> {
            try (InputStream in = Files.newInputStream(file)) {
                return write(files, target, in);
            }
        });
    }

    /** Writes a small file; others see all of it or nothing. */
    public void put(byte[] content, String name) {
        work(name, (files, target) -> write(files, target, new ByteArrayInputStream(content)));
    }

    /** Copies a file to this machine, in place of what is there. */
    public void get(String name, java.nio.file.Path target) {
        work(name, (files, source) -> {
            Files.createDirectories(target.toAbsolutePath().resolveSibling(""));
            java.nio.file.Path writing = target.resolveSibling(target.getFileName() + WRITING);
            try (InputStream in = files.open(source)) {
                Files.copy(in, writing, StandardCopyOption.REPLACE_EXISTING);
            }
            return Files.move(writing, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        });
    }

    /** All of a file. */
    public byte[] read(String name) {
        return work(name, (files, source) -> {
            try (InputStream in = files.open(source)) {
                return in.readAllBytes();
            }
        });
    }

    public boolean exists(String name) {
        return work(name, FileSystem::exists);
    }

    /** Deletes a file, or a folder with all that is in it, if it exists. */
    public void delete(String name) {
        work(name, (files, path) -> files.delete(path, true));
    }

    /** A file or folder as a listing shows it. */
    public record Entry(String name, boolean folder, long bytes, long modifiedMillis) {}

    /** What is in a folder of this one, sorted by name; nothing if it does not exist. Files that are being written are left out. */
    public List<Entry> list(String name) {
        return work(name, (files, folder) -> {
            try {
                return Stream.of(files.listStatus(folder))
                        .filter(status -> !status.getPath().getName().endsWith(WRITING))
                        .map(SharedStorage::entry)
                        .sorted(Comparator.comparing(Entry::name))
                        .toList();
            } catch (FileNotFoundException e) {
                return List.of();
            }
        });
    }

    /**
     * Makes sure that the executors see what the driver writes.
     *
     * @throws ResidualException of kind BAD_RUN if one does not
     */
    public void requireShared(ClusterSession session) {
        String probe = "." + UUID.randomUUID();
        put(probe.getBytes(StandardCharsets.UTF_8), probe);
        try {
            int tasks = Executors.of(session).cores();
            List<String> blind = TaskErrors.translate(() -> session.context()
                    .parallelize(IntStream.range(0, tasks).boxed().collect(Collectors.toList()), tasks)
                    .filter(task -> !exists(probe))
                    .map(task -> ThisMachine.name())
                    .distinct()
                    .collect());
            if (!blind.isEmpty()) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        root + ": is not seen by the executors on " + String.join(", ", blind)
                                + ": use storage that all machines share, such as hdfs:, s3a: or a mounted folder");
            }
        } finally {
            delete(probe);
        }
    }

    @Override
    public String toString() {
        return root;
    }

    private static Entry entry(FileStatus status) {
        return new Entry(
                status.getPath().getName(), status.isDirectory(), status.getLen(), status.getModificationTime());
    }

    private static Path write(FileSystem files, Path target, InputStream in) throws IOException {
        Path writing = target.suffix(WRITING);
        try (FSDataOutputStream out = files.create(writing, true)) {
            in.transferTo(out);
        }
        // Not every file system renames onto a file.
        files.delete(target, false);
        if (!files.rename(writing, target)) {
            throw new IOException("it cannot be renamed from " + writing.getName());
        }
        return target;
    }

    private interface Work<T> {
        T on(FileSystem files, Path path) throws IOException;
    }

    private <T> T work(String name, Work<T> work) {
        Path path = name.isEmpty() ? new Path(root) : new Path(root, name);
        try {
            FileSystem files = path.getFileSystem(configuration());
            return work.on(files instanceof LocalFileSystem ? LocalFiles.of(configuration()) : files, path);
        } catch (IOException | IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_RUN, path + ": " + TaskErrors.reason(e), e);
        }
    }
}
