package io.residual.evaluation.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.evaluation.predict.TrainedRun;
import io.residual.training.cli.ExitStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, which gets signals. */
@Tag("slow")
@Timeout(180)
class ServeCommandTest {
    private static final Pattern READY = Pattern.compile("Serving .* at http://127\\.0\\.0\\.1:(\\d+)/");

    @TempDir
    private static Path directory;

    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        run = TrainedRun.in(directory.resolve("run"), "--width", "4", "--epochs", "1");
        TrainedRun.writePngs(directory.resolve("pictures"), 1);
    }

    private static Process serve(Path run, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--run",
                run.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OMP_NUM_THREADS", "1");
        return builder.start();
    }

    /** Sends SIGTERM; {@code Process.destroy} would also close the pipes. */
    private static void terminate(Process process) {
        assertThat(process.toHandle().destroy()).isTrue();
    }

    /** Reads lines until the server is ready, and gives its port. */
    private static int port(BufferedReader out) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            seen.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return Integer.parseInt(ready.group(1));
            }
        }
        throw new AssertionError("the server did not start:\n" + seen);
    }

    @Test
    void stopped_under_load_it_answers_every_request_that_it_took() throws Exception {
        Process process = serve(run, "--port", "0");
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        URI uri = URI.create("http://127.0.0.1:" + port(out) + "/predict");
        byte[] picture = Files.readAllBytes(directory.resolve("pictures/000.png"));
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Thread client = new Thread(() -> ask(uri, picture, answered, told));
            client.start();
            clients.add(client);
        }
        while (answered.get() < 100) {
            Thread.sleep(5);
        }
        terminate(process);
        for (Thread client : clients) {
            client.join();
        }
        String rest = String.join("\n", out.lines().toList());

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(rest)
                .contains(String.format(
                        Locale.ROOT, "Answered %,d requests; 0 more clients disconnected", answered.get()))
                .contains("a second signal stops at once");
    }

    /** Asks until the server takes no more; an answer, once begun, must come whole. */
    private static void ask(URI uri, byte[] picture, AtomicInteger answered, AtomicInteger told) {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(uri)
                .POST(BodyPublishers.ofByteArray(picture))
                .build();
        while (true) {
            try {
                HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
                if (response.statusCode() == 200 && response.body().endsWith("}}\n")) {
                    answered.incrementAndGet();
                } else {
                    told.incrementAndGet();
                }
            } catch (IOException | InterruptedException gone) {
                return;
            }
        }
    }

    @Test
    void a_second_signal_ends_it_at_once() throws Exception {
        Process process = serve(run, "--port", "0");
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        int port = port(out);
        try (Socket unfinished = new Socket(InetAddress.getLoopbackAddress(), port)) {
            unfinished
                    .getOutputStream()
                    .write("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nabc"
                            .getBytes(StandardCharsets.US_ASCII));
            Thread.sleep(300);
            terminate(process);
            assertThat(out.readLine()).startsWith("Stopping: ");
            assertThat(process.isAlive()).isTrue();
            terminate(process);
            assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + 15);
        }
    }

    @Test
    void a_port_in_use_has_an_exit_code_of_its_own() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Process process = serve(run, "--port", String.valueOf(other.getLocalPort()));
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor()).isEqualTo(ExitStatus.ADDRESS.code());
            assertThat(text)
                    .contains("error: 127.0.0.1:" + other.getLocalPort() + ": cannot listen there")
                    .contains("Give another --port or --address");
        }
    }

    @Test
    void a_run_that_is_not_there_is_an_error_before_anything_listens() throws Exception {
        Path none = directory.resolve("none");
        Process process = serve(none, "--port", "0");
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(ExitStatus.RUN.code());
        assertThat(text).contains("error: " + none + ": there is no such run directory");
    }
}
