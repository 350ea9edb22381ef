package io.residual.benchmark.rounds;

import io.residual.benchmark.measurement.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Watches the machine from its start to {@link #stop()}: a thread beside the measured process, busy for 0.3 % of the time. */
final class BackgroundWatch implements AutoCloseable {
    private static final long PAUSE_MILLIS = 100;
    private static final int MULTIPLICATIONS = 300_000;

    /** Calls after which the work is compiled. */
    private static final int WARM_UP = 200;

    private final @Nullable CpuTime start = CpuTime.now().orElse(null);
    private final List<Double> seconds = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::work, "known-work");

    BackgroundWatch() {
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        try {
            for (int i = 0; i < WARM_UP; i++) {
                secondsOfKnownWork();
            }
            do {
                seconds.add(secondsOfKnownWork());
            } while (!stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Each multiplication waits for the one before it, so that its time depends on the core's clock alone. */
    private static double secondsOfKnownWork() {
        long before = System.nanoTime();
        long state = before;
        for (int i = 0; i < MULTIPLICATIONS; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
        }
        // The state is used, or the loop would be left out; it is 0 once in 2^64 times.
        return (System.nanoTime() - before + (state == 0 ? 1 : 0)) * 1e-9;
    }

    /** What the machine did since the start. The watched process has ended. */
    Background stop() {
        close();
        Double share = start == null
                ? null
                : CpuTime.now().map(end -> end.otherShareSince(start)).orElse(null);
        return new Background(share, Summary.of(seconds).median());
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Times since the machine started, in ticks of Linux's /proc.
     *
     * @param all of all cores
     * @param busy of all cores, what a host gave to its other guests included
     * @param own of this process and of its children that have ended
     */
    record CpuTime(long all, long busy, long own) {
        /** Columns of "cpu" in /proc/stat that nobody used: idle and waiting for a disk. */
        private static final List<Integer> UNUSED = List.of(3, 4);

        /** user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user. */
        private static final int COLUMNS = 8;

        /** utime, stime, cutime and cstime in /proc/self/stat, counted from the field behind the name. */
        private static final int FIRST_OWN = 11;

        private static final int LAST_OWN = 14;

        /** Absent where there is no such /proc. */
        static Optional<CpuTime> now() {
            try {
                return Optional.of(
                        of(Files.readString(Path.of("/proc/stat")), Files.readString(Path.of("/proc/self/stat"))));
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        static CpuTime of(String machine, String process) {
            long[] columns = longs(machine.lines().findFirst().orElse("").replaceFirst("cpu +", ""));
            long all = 0;
            long busy = 0;
            for (int i = 0; i < COLUMNS; i++) {
                all += columns[i];
                busy += UNUSED.contains(i) ? 0 : columns[i];
            }
            // The name is in brackets, and may hold blanks and brackets.
            String[] fields =
                    process.substring(process.lastIndexOf(')') + 2).strip().split(" ", -1);
            long own = 0;
            for (int i = FIRST_OWN; i <= LAST_OWN; i++) {
                own += Long.parseLong(fields[i]);
            }
            return new CpuTime(all, busy, own);
        }

        private static long[] longs(String numbers) {
            return Arrays.stream(numbers.strip().split(" +"))
                    .mapToLong(Long::parseLong)
                    .toArray();
        }

        double otherShareSince(CpuTime earlier) {
            long elapsed = Math.max(1, all - earlier.all);
            return Math.max(0, busy - earlier.busy - (own - earlier.own)) / (double) elapsed;
        }
    }
}
