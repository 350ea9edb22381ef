package io.residual.tuning.trials;

import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.StrictJson;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.trials.TrialExecutor.EpochListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** The epochs of a run while another process trains it: the end of its metrics file. */
public final class EpochTail {
    private final Path file;
    private final int epochs;
    private final EpochListener listener;
    private int seen;
    private @Nullable Version last;

    /** A resumed run may replace the file by a shorter one. */
    private record Version(
            long size, FileTime modified, @Nullable Object key) {}

    public EpochTail(TrialExecutor.Job job, EpochListener listener) {
        this.file = job.run().resolve("metrics.jsonl");
        this.epochs = job.epochs();
        this.seen = job.known();
        this.listener = listener;
    }

    /** Whether the run has all its epochs. */
    public boolean isComplete() {
        return seen >= epochs;
    }

    /** Whether the run has had an epoch. */
    public boolean hasEpochs() {
        return seen > 0;
    }

    /**
     * Hands new epochs of the file in the run's directory to the listener. As long as the file does not change, this costs one
     * system call.
     *
     * @return RUNNING, or the state in which the listener stopped the run
     */
    TrialState poll() {
        try {
            if (!Files.exists(file)) {
                return TrialState.RUNNING;
            }
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            // Taken before the text is read: what is written meanwhile is another version.
            Version version = new Version(now.size(), now.lastModifiedTime(), now.fileKey());
            if (version.equals(last)) {
                return TrialState.RUNNING;
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            last = version;
            return read(text);
        } catch (IOException beingReplaced) {
            // The next look sees the file, or the run fails and says why.
            return TrialState.RUNNING;
        }
    }

    /**
     * Hands new epochs to the listener, up to the first that is not written completely.
     *
     * @param text of the file as it is now
     * @return RUNNING, or the state in which the listener stopped the run
     */
    public TrialState read(String text) {
        String complete = text.substring(0, text.lastIndexOf('\n') + 1);
        TrialState state = TrialState.RUNNING;
        for (String line : complete.lines().skip(seen).toList()) {
            EpochMetrics epoch = parse(line);
            if (isComplete() || epoch == null || epoch.epoch() != seen + 1 || state != TrialState.RUNNING) {
                break;
            }
            seen++;
            state = listener.after(epoch);
        }
        return state;
    }

    private static @Nullable EpochMetrics parse(String line) {
        try {
            return StrictJson.read(line, EpochMetrics.class);
        } catch (IllegalArgumentException damaged) {
            // The run itself fails on it and says why.
            return null;
        }
    }
}
