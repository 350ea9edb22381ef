package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.RegularFile;
import io.residual.training.loop.EpochMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The metrics of a run, one JSON object a line and epoch, in order. A line that {@link #append} wrote survives a crash. */
public final class MetricsLog {
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    private final Path file;

    MetricsLog(Path file) {
        this.file = file;
    }

    /**
     * Adds a line and forces it to disk.
     *
     * @throws ResidualException of kind BAD_RUN if it cannot be written; no part of the line is then left
     */
    public void append(EpochMetrics metrics) {
        ByteBuffer line = ByteBuffer.wrap(line(metrics).getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            long before = channel.size();
            try {
                while (line.hasRemaining()) {
                    channel.write(line);
                }
                channel.force(true);
            } catch (IOException e) {
                channel.truncate(before);
                throw e;
            }
        } catch (IOException e) {
            throw DiskErrors.writing(file, e);
        }
    }

    /**
     * Replaces all lines atomically: a resumed run drops the epochs that it will train again.
     *
     * @throws ResidualException of kind BAD_RUN if it cannot be written; the lines are then those from before
     */
    public void replace(List<EpochMetrics> epochs) {
        try {
            AtomicFile.write(file, epochs.stream().map(MetricsLog::line).collect(Collectors.joining()));
        } catch (IOException e) {
            throw DiskErrors.writing(file, e);
        }
    }

    private static String line(EpochMetrics metrics) {
        return StrictJson.line(metrics) + "\n";
    }

    /**
     * All epochs so far; empty before the first.
     *
     * @throws ResidualException of kind BAD_RUN that names the first line that is cut, no metrics, or out of order
     */
    public List<EpochMetrics> read() {
        String text = text();
        List<EpochMetrics> epochs = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int number = epochs.size() + 1;
            int end = text.indexOf('\n', start);
            if (end < 0) {
                throw error(number, "the line is cut: the run ended while writing it; delete the line");
            }
            epochs.add(parse(text.substring(start, end), number));
            start = end + 1;
        }
        return List.copyOf(epochs);
    }

    private String text() {
        if (!Files.exists(file)) {
            return "";
        }
        try (InputStream in = RegularFile.stream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ResidualException(Kind.BAD_RUN, file + ": larger than 16 MiB: these are no metrics");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw DiskErrors.reading(file, e);
        }
    }

    private EpochMetrics parse(String line, int number) {
        EpochMetrics metrics;
        try {
            metrics = StrictJson.read(line, EpochMetrics.class);
        } catch (IllegalArgumentException e) {
            throw error(number, e.getMessage());
        }
        if (metrics.epoch() != number) {
            throw error(number, "expected epoch " + number + ", found epoch " + metrics.epoch());
        }
        return metrics;
    }

    private ResidualException error(int line, @Nullable String what) {
        return new ResidualException(Kind.BAD_RUN, file + ":" + line + ": " + what);
    }
}
