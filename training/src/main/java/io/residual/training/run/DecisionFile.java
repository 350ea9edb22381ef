package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.core.files.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decisions on labels, a JSON object a line, in the order in which they were made. Lines are only ever added. A line without
 * an end that is no complete object was cut by a crash, and does not count.
 */
public final class DecisionFile implements AutoCloseable {
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    /**
     * The files that this process has locked. POSIX drops its lock as soon as it closes any other channel of the file: so
     * who comes second must not even open it, and the content is read through the channel that is locked.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Path realFile;
    private final FileChannel channel;
    private final List<LabelDecision> decisions;

    private DecisionFile(Path file, Path realFile, FileChannel channel, List<LabelDecision> decisions) {
        this.file = file;
        this.realFile = realFile;
        this.channel = channel;
        this.decisions = decisions;
    }

    /**
     * Opens a file to add decisions to, and creates it if it is not there. A cut line at its end is removed.
     *
     * @throws ResidualException of kind BAD_DATA if it holds something else; of kind BAD_RUN if it cannot be written, or another
     *     process adds to it
     */
    public static DecisionFile open(Path file) {
        try {
            Path folder = file.toAbsolutePath().resolveSibling("");
            if (Files.exists(file)) {
                RegularFile.require(file);
            } else {
                Files.createDirectories(folder);
            }
            Path real =
                    Files.exists(file) ? file.toRealPath() : folder.toRealPath().resolve(file.getFileName());
            if (!HELD.add(real)) {
                throw alreadyOpen(file);
            }
            return open(file, real);
        } catch (IOException e) {
            throw DiskErrors.writing(file, e);
        }
    }

    private static DecisionFile open(Path file, Path real) throws IOException {
        FileChannel channel = null;
        boolean open = false;
        try {
            channel = FileChannel.open(
                    real, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                throw alreadyOpen(file);
            }
            byte[] bytes = bytes(file, Channels.newInputStream(channel));
            DecisionFile opened = new DecisionFile(file, real, channel, parse(file, bytes));
            int whole = whole(bytes);
            channel.truncate(whole);
            if (whole > 0 && bytes[whole - 1] != '\n') {
                opened.write("\n");
            }
            open = true;
            return opened;
        } finally {
            if (!open) {
                if (channel != null) {
                    closeQuietly(channel);
                }
                HELD.remove(real);
            }
        }
    }

    private static ResidualException alreadyOpen(Path file) {
        return new ResidualException(
                Kind.BAD_RUN, file + ": another process adds decisions to this file: wait until it ends");
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written.
        }
    }

    /**
     * The decisions of a file.
     *
     * @throws ResidualException of kind BAD_DATA if it cannot be read, or a line is none
     */
    public static List<LabelDecision> read(Path file) {
        return List.copyOf(parse(file, bytes(file)));
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = RegularFile.stream(file)) {
            return bytes(file, in);
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    file + ": cannot be read (" + IoErrors.reason(e) + "): name a file of decisions on labels",
                    e);
        }
    }

    private static byte[] bytes(Path file, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new ResidualException(Kind.BAD_DATA, file + ": larger than 64 MiB: these are no decisions on labels");
        }
        return bytes;
    }

    /** How many bytes there are without a line that a crash has cut. */
    private static int whole(byte[] bytes) {
        int last = bytes.length;
        while (last > 0 && bytes[last - 1] != '\n') {
            last--;
        }
        try {
            StrictJson.read(new String(bytes, last, bytes.length - last, StandardCharsets.UTF_8), LabelDecision.class);
            return bytes.length;
        } catch (IllegalArgumentException e) {
            return last;
        }
    }

    private static List<LabelDecision> parse(Path file, byte[] bytes) {
        List<LabelDecision> decisions = new ArrayList<>();
        int number = 0;
        String text = new String(bytes, 0, whole(bytes), StandardCharsets.UTF_8);
        for (String line : text.lines().toList()) {
            number++;
            try {
                decisions.add(StrictJson.read(line, LabelDecision.class));
            } catch (IllegalArgumentException e) {
                throw new ResidualException(
                        Kind.BAD_DATA,
                        file + ":" + number + ": no decision on a label (" + e.getMessage()
                                + "): correct or delete the line",
                        e);
            }
        }
        return decisions;
    }

    /** As a file has them. */
    static String text(List<LabelDecision> decisions) {
        StringBuilder text = new StringBuilder();
        decisions.forEach(decision -> text.append(StrictJson.line(decision)).append('\n'));
        return text.toString();
    }

    /** All lines so far. */
    public synchronized List<LabelDecision> decisions() {
        return List.copyOf(decisions);
    }

    /**
     * Adds a decision and forces it to the disk.
     *
     * @throws ResidualException of kind BAD_RUN if it cannot be written; no part of the line is then left
     */
    public synchronized void add(LabelDecision decision) {
        try {
            write(StrictJson.line(decision) + "\n");
        } catch (IOException e) {
            throw DiskErrors.writing(file, e);
        }
        decisions.add(decision);
    }

    private void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        long before = channel.size();
        try {
            channel.position(before);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            channel.truncate(before);
            throw e;
        }
    }

    public Path path() {
        return file;
    }

    @Override
    public void close() {
        if (channel.isOpen()) {
            closeQuietly(channel);
            HELD.remove(realFile);
        }
    }
}
