package io.residual.data.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.files.FileLock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MirrorDownloadTest {
    private static final byte[] CONTENT = TestServer.bytes(300_000);
    private static final DownloadLimits LIMITS =
            new DownloadLimits(Duration.ofSeconds(5), Duration.ofSeconds(5), 1_000_000, 3);

    @TempDir
    Path folder;

    private TestServer server;
    private TestServer second;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    @BeforeEach
    void two_mirrors() throws IOException {
        server = new TestServer();
        second = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
        second.close();
    }

    @Test
    void a_file_gets_its_name_when_it_is_complete_and_right() throws Exception {
        server.with("data.gz", CONTENT);

        fetch(LIMITS);

        assertThat(Files.readAllBytes(folder.resolve("data.gz"))).isEqualTo(CONTENT);
        assertThat(files()).containsExactly(".lock", "data.gz");
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void progress_is_shown_in_lines_without_a_terminal() throws Exception {
        server.with("data.gz", CONTENT);

        fetch(LIMITS);

        assertThat(shown.toString(StandardCharsets.UTF_8).lines())
                .startsWith("downloading " + server.folder() + "data.gz (0.3 MB)")
                .endsWith("downloading data.gz: 100 %")
                .hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void a_cut_download_starts_again() throws Exception {
        server.with("data.gz", CONTENT, TestServer.cutOnceAt(100_000));

        fetch(LIMITS);

        assertThat(Files.readAllBytes(folder.resolve("data.gz"))).isEqualTo(CONTENT);
        assertThat(server.requests()).containsExactly("data.gz", "data.gz");
    }

    @Test
    void the_part_that_an_earlier_process_left_is_replaced() throws Exception {
        Files.write(folder.resolve("data.gz.part"), TestServer.first(CONTENT, 123_456));
        server.with("data.gz", CONTENT);

        fetch(LIMITS);

        assertThat(Files.readAllBytes(folder.resolve("data.gz"))).isEqualTo(CONTENT);
        assertThat(server.requests()).containsExactly("data.gz");
        assertThat(files()).containsExactly(".lock", "data.gz");
    }

    @Test
    void wrong_content_never_gets_the_name() {
        byte[] wrong = CONTENT.clone();
        wrong[200_000] ^= 1;
        server.with("data.gz", wrong);

        assertThatThrownBy(() -> fetch(LIMITS))
                .isInstanceOf(DownloadFailed.class)
                .hasMessage(server.folder() + "data.gz: wrong content; " + second.folder() + "data.gz: status 404");
        assertThat(files()).containsExactly(".lock");
    }

    @Test
    void a_mirror_without_the_file_is_passed_over() throws Exception {
        second.with("data.gz", CONTENT);

        fetch(LIMITS);

        assertThat(Files.readAllBytes(folder.resolve("data.gz"))).isEqualTo(CONTENT);
        assertThat(server.requests()).containsExactly("data.gz");
    }

    @Test
    void a_mirror_with_wrong_content_is_passed_over() throws Exception {
        server.with("data.gz", TestServer.first(CONTENT, 299_999));
        second.with("data.gz", CONTENT);

        fetch(LIMITS);

        assertThat(Files.readAllBytes(folder.resolve("data.gz"))).isEqualTo(CONTENT);
        assertThat(second.requests()).containsExactly("data.gz");
    }

    @Test
    void a_promise_over_the_cap_is_refused_at_once() {
        server.with("data.gz", TestServer.bytes(1_000_001));

        assertThatThrownBy(() -> fetch(LIMITS))
                .isInstanceOf(DownloadFailed.class)
                .hasMessageContaining("data.gz: larger than the 1,000,000 bytes that are allowed;");
        assertThat(files()).containsExactly(".lock");
    }

    @Test
    void an_endless_body_is_cut_off_at_the_cap() {
        var gaveUp = new CountDownLatch(1);
        server.with("data.gz", CONTENT, (exchange, content) -> {
            // a length of 0 is a chunked body
            exchange.sendResponseHeaders(200, 0);
            try {
                while (true) {
                    exchange.getResponseBody().write(content);
                }
            } catch (IOException e) {
                gaveUp.countDown();
            }
        });

        assertThatThrownBy(() -> fetch(LIMITS))
                .isInstanceOf(DownloadFailed.class)
                .hasMessageContaining("data.gz: larger than the 1,000,000 bytes that are allowed;");
        assertThat(files()).containsExactly(".lock");
        assertThat(gaveUp).as("the client closed the connection").satisfies(latch -> latch.await());
    }

    @Test
    void a_server_that_falls_silent_is_given_up() {
        var never = new CountDownLatch(1);
        TestServer.Behaviour silent = (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 5000);
            exchange.getResponseBody().flush();
            await(never);
        };
        server.with("data.gz", CONTENT, silent);

        assertThatThrownBy(() -> fetch(new DownloadLimits(Duration.ofSeconds(5), Duration.ofMillis(300), 1_000_000, 1)))
                .isInstanceOf(DownloadFailed.class)
                .hasMessageContaining("data.gz: no byte came for 0.3 s;");
        assertThat(files()).as("a part is not kept").containsExactly(".lock");
        never.countDown();
    }

    @Test
    void a_server_that_never_answers_is_given_up() {
        var never = new CountDownLatch(1);
        server.with("data.gz", CONTENT, (exchange, content) -> await(never));

        assertThatThrownBy(
                        () -> fetch(new DownloadLimits(Duration.ofMillis(200), Duration.ofMillis(300), 1_000_000, 1)))
                .isInstanceOf(DownloadFailed.class)
                .hasMessageContaining("data.gz: request timed out;");
        never.countDown();
    }

    @Test
    void a_port_that_nobody_listens_on_is_a_reason() throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        URI nobody = URI.create("http://127.0.0.1:" + port + "/");

        assertThatThrownBy(() -> fetch(LIMITS, nobody))
                .isInstanceOf(DownloadFailed.class)
                .hasMessage(nobody + "data.gz: cannot connect");
    }

    @Test
    void a_host_without_an_address_is_a_reason() {
        // RFC 2606 keeps .invalid free of hosts
        URI nowhere = URI.create("http://mirror.invalid/");

        assertThatThrownBy(() -> fetch(LIMITS, nowhere))
                .isInstanceOf(DownloadFailed.class)
                .hasMessage(nowhere + "data.gz: no address is known for the host");
    }

    private void fetch(DownloadLimits limits) throws Exception {
        fetch(limits, server.folder(), second.folder());
    }

    private void fetch(DownloadLimits limits, URI... mirrors) throws Exception {
        DownloadProgress progress = DownloadProgress.lines(new PrintStream(shown, true, StandardCharsets.UTF_8));
        try (FileLock lock = FileLock.acquire(folder)) {
            new MirrorDownload(List.of(mirrors), limits, progress)
                    .fetch("data.gz", lock, MirrorDownloadTest::contentError);
        }
    }

    private static String contentError(Path file) {
        try {
            return Arrays.equals(Files.readAllBytes(file), CONTENT) ? "" : "wrong content";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> files() {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
