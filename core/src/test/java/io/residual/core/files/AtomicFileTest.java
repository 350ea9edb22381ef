package io.residual.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path directory;

    @Test
    void the_last_content_is_there_whole_and_nothing_else() throws IOException {
        Path file = directory.resolve("a.txt");
        byte[] large = new byte[100_003];
        Arrays.fill(large, (byte) 7);

        AtomicFile.write(file, out -> out.write(ByteBuffer.wrap(large)));
        assertThat(file).hasBinaryContent(large);
        AtomicFile.write(file, "größer\n");

        assertThat(file).hasContent("größer\n");
        assertThat(names()).containsExactly("a.txt");
    }

    @Test
    void a_write_that_fails_halfway_leaves_the_content_before_it() throws IOException {
        Path file = Files.writeString(directory.resolve("a.txt"), "before");

        assertThatThrownBy(() -> AtomicFile.write(file, out -> {
                    out.write(ByteBuffer.allocate(50_000));
                    throw new IOException("No space left on device");
                }))
                .hasMessage("No space left on device");

        assertThat(file).hasContent("before");
        assertThat(names()).containsExactly("a.txt");
    }

    @Test
    void the_directory_must_be_there() {
        assertThatThrownBy(() -> AtomicFile.write(directory.resolve("none/a.txt"), "x"))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void a_file_is_as_readable_as_any_other_new_file() throws IOException {
        Path other = Files.writeString(directory.resolve("b.txt"), "x");
        AtomicFile.write(directory.resolve("a.txt"), "x");

        assertThat(Files.getPosixFilePermissions(directory.resolve("a.txt")))
                .isEqualTo(Files.getPosixFilePermissions(other))
                .contains(PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void a_file_can_be_named_by_its_digest() throws IOException {
        Path file = AtomicFile.writeNamed(
                directory, out -> out.write(ByteBuffer.wrap(new byte[] {'a', 'b', 'c'})), sha256 -> "1-" + sha256);

        // The first example of FIPS 180-2, appendix B.
        String abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assertThat(file)
                .isEqualTo(directory.toAbsolutePath().resolve("1-" + abc))
                .hasContent("abc");
        assertThat(Sha256.of(file)).isEqualTo(abc);
        assertThat(names()).containsExactly("1-" + abc);
    }

    @Test
    void what_a_killed_writer_left_is_told_from_other_files_and_deleted() throws IOException {
        Path left = Files.createFile(directory.resolve(".a.txt.3f2504e0-4f89-41d3-9a0c-0305e82c3301.tmp"));
        Files.createFile(directory.resolve("a.txt"));
        Files.createFile(directory.resolve(".mine.tmp"));
        assertThat(AtomicFile.isTemporary(left)).isTrue();

        AtomicFile.deleteTemporaryFiles(directory);

        assertThat(names()).containsExactlyInAnyOrder("a.txt", ".mine.tmp");
    }

    private Iterable<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void a_link_stays_a_link_and_what_it_leads_to_is_written() throws IOException {
        Path file = Files.writeString(directory.resolve("a.txt"), "before");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);

        AtomicFile.write(link, "after");

        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("after");
        assertThat(names()).containsExactlyInAnyOrder("a.txt", "link");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void devices_are_written_to_and_a_full_one_is_an_error() throws IOException {
        AtomicFile.write(Path.of("/dev/null"), "x");

        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
        assertThatThrownBy(() -> AtomicFile.write(Path.of("/dev/full"), "x")).hasMessage("No space left on device");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_pipe_gets_the_content_and_one_without_a_reader_is_an_error() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readString(pipe);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        AtomicFile.write(pipe, "größer");
        assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo("größer");

        assertThatThrownBy(() -> AtomicFile.write(pipe, out -> {}, Duration.ofMillis(50)))
                .hasMessage("nothing reads from this pipe");
    }
}
