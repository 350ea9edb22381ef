package io.residual.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IoErrorsTest {
    @TempDir
    Path directory;

    @Test
    void reasons_are_words_of_a_user() {
        assertThat(IoErrors.reason(new AccessDeniedException("a.txt"))).isEqualTo("permission denied");
        assertThat(IoErrors.reason(new FileSystemException("a.tmp", "a.txt", "No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(IoErrors.reason(new FileSystemLoopException("a"))).isEqualTo("symbolic links lead in a circle");
        assertThat(IoErrors.reason(new MalformedInputException(1))).isEqualTo("it is not UTF-8 text");
        assertThat(IoErrors.describe(new AccessDeniedException("a.txt"))).isEqualTo("a.txt: permission denied");
        assertThat(IoErrors.describe(new NoSuchFileException("a.txt"))).isEqualTo("a.txt does not exist");
    }

    @Test
    void a_missing_folder_is_named_and_not_the_temporary_file_in_it() {
        IOException error =
                catchThrowableOfType(IOException.class, () -> AtomicFile.write(directory.resolve("none/a.txt"), "x"));

        assertThat(IoErrors.reason(error)).isEqualTo("the folder " + directory.resolve("none") + " does not exist");
    }

    @Test
    void what_a_file_system_reports_is_given_without_a_temporary_name() throws IOException {
        Path folder = Files.createDirectories(directory.resolve("a/b"));
        IOException error = catchThrowableOfType(IOException.class, () -> AtomicFile.write(folder.getParent(), "x"));

        assertThat(IoErrors.describe(error)).doesNotContain(".tmp").doesNotContain("java.");
    }

    @Test
    void a_path_in_another_encoding_says_how_to_set_it() {
        assertThat(IoErrors.reason(new InvalidPathException("\ufffd.png", "Malformed input")))
                .startsWith("a path in another encoding than the locale's, ")
                .endsWith(": set LC_ALL=C.UTF-8");
        assertThat(IoErrors.reason(new InvalidPathException("a\0b", "Nul character not allowed")))
                .isEqualTo("a path cannot hold the character 0");
    }
}
