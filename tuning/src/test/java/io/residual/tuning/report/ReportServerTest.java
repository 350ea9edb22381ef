package io.residual.tuning.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReportServerTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final ReportServer server = ReportServer.on(0, () -> "<p>page " + asked.incrementAndGet() + "</p>");
    private final int port = URI.create(server.address().orElseThrow()).getPort();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void each_request_shows_the_page_as_it_is_now_and_asks_to_come_again() throws IOException {
        assertThat(ask("GET / HTTP/1.1", "127.0.0.1:" + port)).endsWith("<p>page 1</p>");
        assertThat(ask("GET / HTTP/1.1", "localhost:" + port))
                .startsWith("HTTP/1.1 200")
                .contains("Refresh: 5", "X-frame-options: DENY", "Cache-control: no-store")
                .endsWith("<p>page 2</p>");
    }

    @Test
    void a_request_that_names_another_host_is_refused() throws IOException {
        assertThat(ask("GET / HTTP/1.1", "evil.example:" + port)).startsWith("HTTP/1.1 403");
        assertThat(ask("GET / HTTP/1.1", "127.0.0.1")).startsWith("HTTP/1.1 403");
        assertThat(asked).hasValue(0);
    }

    @Test
    void there_is_one_page_and_it_can_only_be_read() throws IOException {
        assertThat(ask("GET /../sweep.db HTTP/1.1", "127.0.0.1:" + port)).startsWith("HTTP/1.1 404");
        assertThat(ask("DELETE / HTTP/1.1", "127.0.0.1:" + port)).startsWith("HTTP/1.1 405");
    }

    @Test
    void a_port_that_is_taken_is_an_error_about_the_address() {
        assertThatThrownBy(() -> ReportServer.on(port, () -> ""))
                .hasMessage("port " + port + " cannot be listened on (Address already in use)")
                .extracting(error -> ((ResidualException) error).kind())
                .isEqualTo(Kind.BAD_ADDRESS);
        assertThatThrownBy(() -> ReportServer.on(70_000, () -> ""))
                .hasMessage("port 70000 is not from 0 to 65535")
                .extracting(error -> ((ResidualException) error).kind())
                .isEqualTo(Kind.BAD_SETTING);
    }

    @Test
    void half_sent_requests_do_not_block_others() throws IOException {
        List<Socket> halves = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Socket half = new Socket(InetAddress.getByName("127.0.0.1"), port);
                half.getOutputStream().write("GET / HTTP/1.1\r\nHost: 127".getBytes(StandardCharsets.US_ASCII));
                halves.add(half);
            }

            assertThat(ask("GET / HTTP/1.1", "127.0.0.1:" + port)).endsWith("<p>page 1</p>");
        } finally {
            for (Socket half : halves) {
                half.close();
            }
        }
    }

    private String ask(String request, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            socket.getOutputStream()
                    .write((request + "\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
