package io.residual.data.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FolderLockTest {
    @TempDir
    Path folder;

    @Test
    void a_second_thread_waits_until_the_first_is_done() throws Exception {
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        Thread waiting;
        try (FolderLock first = FolderLock.acquire(folder)) {
            assertThat(first.folder()).isEqualTo(folder);
            waiting = new Thread(() -> {
                try (FolderLock lock = FolderLock.acquire(folder)) {
                    events.add("second has " + lock.folder().equals(folder));
                } catch (Exception e) {
                    events.add(e.toString());
                }
            });
            waiting.start();
            while (waiting.getState() != Thread.State.TIMED_WAITING) {
                Thread.sleep(1);
            }
            events.add("first lets go");
        }
        waiting.join();
        assertThat(events).containsExactly("first lets go", "second has true");
    }

    @Test
    void a_second_process_waits_until_the_first_is_done() throws Exception {
        Process second;
        try (FolderLock first = FolderLock.acquire(folder)) {
            second = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            String.join(File.pathSeparator, location(FolderLock.class), location(FolderLockTest.class)),
                            Holder.class.getName(),
                            first.folder().toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(second.inputReader().readLine()).isEqualTo("asking");
            assertThat(second.waitFor(500, TimeUnit.MILLISECONDS))
                    .as("it got the lock that is held here")
                    .isFalse();
        }
        assertThat(second.inputReader().readLine()).isEqualTo("got it");
        assertThat(second.waitFor()).isZero();
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** What the second process runs. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            System.out.println("asking");
            try (FolderLock lock = FolderLock.acquire(Path.of(args[0]))) {
                System.out.println(lock.folder().toString().equals(args[0]) ? "got it" : "got another");
            }
        }
    }
}
