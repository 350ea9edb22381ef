package io.residual.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.residual.core.ResidualException;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.data.picture.PictureException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Feeds damaged files to a reader for a while. A reader may read one, or reject it with a message for a user; it may not
 * throw anything else, take longer than {@value #SECONDS} seconds, or allocate much more than a valid file needs. Inputs on
 * which it does are saved.
 */
public final class Fuzzer {
    private static final int SECONDS = 30;
    private static final long ALLOCATION = 200L << 20;
    private static final Path SAVED = Path.of("target", "fuzz");
    /** For all formats together. */
    private static final Duration TIME = Duration.parse(System.getProperty("residual.fuzz", "PT1M"));

    private static final int FORMATS = 13;
    private static final long SEED = Long.getLong("residual.fuzz.seed", 1) << 32;
    /** What a user should not have to read. */
    private static final Pattern NOT_FOR_USERS =
            Pattern.compile("\\b(java|javax|sun|com|org|io)\\.[a-z]+\\.|Exception\\b");

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Reads an input, or throws what a user will see. */
    public interface Reader {
        void read(byte[] input) throws Exception;
    }

    /**
     * @param seeds valid inputs, as the mutator should see them
     * @param seal makes them files again: compresses, updates checksums
     */
    public record Format(String name, List<byte[]> seeds, UnaryOperator<byte[]> seal, Reader reader) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final Format format;
    private final Map<String, String> failures = new TreeMap<>();
    private long inputs;
    private long read;
    private long rejected;

    public Fuzzer(Format format) {
        this.format = format;
    }

    /** Reads the seeds, and then damaged ones, and fails with all that went wrong. */
    public void run() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread daemon = new Thread(task, "fuzz");
            daemon.setDaemon(true);
            return daemon;
        });
        try {
            for (byte[] valid : format.seeds()) {
                attempt(thread, format.seal().apply(valid));
            }
            assertThat(read).as("seeds that are read").isEqualTo(format.seeds().size());
            for (long end = System.nanoTime() + TIME.dividedBy(FORMATS).toNanos();
                    System.nanoTime() < end && failures.size() < 20; ) {
                byte[] mutant = new Mutator(format.seeds(), SEED + inputs).mutate();
                attempt(thread, inputs % 4 == 0 ? mutant : format.seal().apply(mutant));
            }
        } finally {
            thread.shutdownNow();
            Files.createDirectories(SAVED);
            Files.writeString(SAVED.resolve(format.name() + ".txt"), summary());
        }
        assertThat(failures.values()).as(summary()).isEmpty();
        assertThat(rejected).as("inputs that are rejected").isPositive();
    }

    private String summary() {
        return String.format(
                Locale.ROOT,
                "%s, seed %d: %d inputs, %d read, %d rejected, %d kinds of failures%n",
                format.name(),
                SEED >> 32,
                inputs,
                read,
                rejected,
                failures.size());
    }

    private void attempt(ExecutorService thread, byte[] input) throws IOException, InterruptedException {
        inputs++;
        try {
            boolean isRead = thread.submit(() -> isRead(input)).get(SECONDS, TimeUnit.SECONDS);
            if (isRead) {
                read++;
            } else {
                rejected++;
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            fail(
                    input,
                    cause + " at "
                            + Arrays.stream(cause.getStackTrace()).limit(4).toList());
        } catch (TimeoutException e) {
            fail(input, "longer than " + SECONDS + " s");
            throw new AssertionError(failures.values().toString(), e);
        }
    }

    private boolean isRead(byte[] input) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        boolean isRead = true;
        try {
            format.reader().read(input);
        } catch (ResidualException | PictureException | SafetensorsException e) {
            String message = String.valueOf(e.getMessage());
            String text = new String(input, StandardCharsets.ISO_8859_1);
            // What the file itself says may be quoted.
            if (NOT_FOR_USERS.matcher(message).results().anyMatch(ours -> !text.contains(ours.group()))) {
                throw new AssertionError("a message that is not for users: " + message, e);
            }
            isRead = false;
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (allocated > ALLOCATION) {
            throw new AssertionError(allocated / (1 << 20) + " MB allocated for " + input.length + " bytes");
        }
        return isRead;
    }

    private void fail(byte[] input, String failure) throws IOException {
        // Numbers, names and addresses differ from input to input.
        String kind = failure.replaceAll("\\d+", "0").replaceAll("/\\S+", "/");
        if (!failures.containsKey(kind)) {
            Files.createDirectories(SAVED);
            Path file = SAVED.resolve(format.name() + "-" + (SEED >> 32) + "-" + inputs);
            failures.put(kind, Files.write(file, input) + ": " + failure);
        }
    }
}
