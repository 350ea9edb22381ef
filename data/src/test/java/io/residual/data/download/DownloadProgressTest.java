package io.residual.data.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DownloadProgressTest {
    private static final URI SOURCE = URI.create("https://example.org/fashion/train.gz");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final PrintStream printer = new PrintStream(out, true, StandardCharsets.UTF_8);

    @Test
    void lines_come_at_the_start_and_with_each_quarter() {
        try (DownloadProgress.Transfer transfer =
                DownloadProgress.lines(printer).start(SOURCE, 2_000_000)) {
            for (long bytes : new long[] {100_000, 499_999, 500_000, 1_700_000, 1_800_000}) {
                transfer.reached(bytes);
            }
        }
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "downloading https://example.org/fashion/train.gz (2.0 MB)",
                        "downloading train.gz: 25 %",
                        "downloading train.gz: 75 %");
    }

    @Test
    void a_file_of_unknown_size_has_one_line() {
        try (DownloadProgress.Transfer transfer =
                DownloadProgress.lines(printer).start(SOURCE, -1)) {
            transfer.reached(5_000_000);
        }
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("downloading https://example.org/fashion/train.gz");
    }

    @Test
    void a_bar_ends_full() {
        try (DownloadProgress.Transfer transfer = DownloadProgress.bar(printer).start(SOURCE, 2_000_000)) {
            transfer.reached(2_000_000);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("train.gz", "100%", "2/2 MB");
    }
}
