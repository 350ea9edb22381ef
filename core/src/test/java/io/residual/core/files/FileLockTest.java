package io.residual.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileLockTest {
    @TempDir
    Path folder;

    @Test
    void a_second_thread_waits_until_the_first_is_done() throws Exception {
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        Thread waiting;
        try (FileLock first = FileLock.acquire(folder)) {
            assertThat(first.directory()).isEqualTo(folder);
            waiting = new Thread(() -> {
                try (FileLock lock = FileLock.acquire(folder)) {
                    events.add("second has " + lock.directory().equals(folder));
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
        try (FileLock first = FileLock.acquire(folder)) {
            assertThat(first.directory()).isEqualTo(folder);
            second = start();
            assertThat(second.inputReader().readLine()).isEqualTo("asking");
            assertThat(second.waitFor(500, TimeUnit.MILLISECONDS))
                    .as("it got the lock that is held here")
                    .isFalse();
        }
        assertThat(second.inputReader().readLine()).isEqualTo("got it");
        assertThat(second.waitFor()).isZero();
    }

    @Test
    void a_lock_that_is_held_is_not_given_a_second_time() throws Exception {
        try (FileLock held = FileLock.acquire(folder)) {
            assertThat(FileLock.tryAcquire(held.directory())).isEmpty();
            assertThat(FileLock.tryAcquire(
                            folder.resolve("x").resolveSibling("..").resolve(folder.getFileName())))
                    .as("the same directory under another name")
                    .isEmpty();
        }
        FileLock.tryAcquire(folder).orElseThrow().close();
    }

    @Test
    void a_lock_whose_file_was_deleted_or_replaced_is_lost() throws Exception {
        try (FileLock held = FileLock.acquire(folder)) {
            held.requireHeld();
            Path file = folder.resolve(FileLock.FILE);
            Files.delete(file);
            assertThatThrownBy(held::requireHeld)
                    .isInstanceOf(ResidualException.class)
                    .hasMessage(folder + ": its file .lock was deleted or replaced, so that another process may write"
                            + " here: stopped before writing; resume when no other process does");
            Process second = start();
            assertThat(second.inputReader().readLine()).isEqualTo("asking");
            assertThat(second.inputReader().readLine()).isEqualTo("got it");
            assertThat(second.waitFor()).isZero();
            assertThat(file).as("the other's").exists();
            assertThatThrownBy(held::requireHeld).hasMessageContaining("was deleted or replaced");
        }
        try (FileLock again = FileLock.acquire(folder)) {
            again.requireHeld();
        }
    }

    @Test
    void a_pipe_in_the_place_of_the_file_is_refused_at_once() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", folder.resolve(FileLock.FILE).toString())
                        .start()
                        .waitFor())
                .isZero();

        assertThatThrownBy(() -> FileLock.tryAcquire(folder)).hasMessageContaining("is a pipe or a device, no file");
    }

    @Test
    void an_attempt_of_another_thread_does_not_release_the_lock_to_other_processes() throws Exception {
        try (FileLock held = FileLock.acquire(folder)) {
            // POSIX drops a process's locks of a file when any channel of it is closed.
            assertThat(FileLock.tryAcquire(held.directory())).isEmpty();
            Process second = start();
            assertThat(second.inputReader().readLine()).isEqualTo("asking");
            assertThat(second.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
            second.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_directory_that_does_not_exist_is_an_error() {
        assertThatThrownBy(() -> FileLock.tryAcquire(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    private Process start() throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        String.join(File.pathSeparator, location(FileLock.class), location(FileLockTest.class)),
                        Holder.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
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
            try (FileLock lock = FileLock.acquire(Path.of(args[0]))) {
                System.out.println(lock.directory().toString().equals(args[0]) ? "got it" : "got another");
            }
        }
    }
}
