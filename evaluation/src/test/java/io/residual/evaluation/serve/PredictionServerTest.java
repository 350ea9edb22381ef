package io.residual.evaluation.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.data.picture.DecodingBudget;
import io.residual.data.picture.PictureLimits;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.evaluation.predict.InvertMode;
import io.residual.evaluation.predict.TrainedRun;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server on the loopback address with a run that the command {@code train} made. */
@Tag("slow")
@Timeout(120)
class PredictionServerTest {
    private static final int IMAGES = 40;
    private static final ServeLimits LIMITS = new ServeLimits(
            new PictureLimits(50_000, 100_000, Duration.ofSeconds(5)),
            8,
            64,
            Duration.ofSeconds(1),
            Duration.ofSeconds(10));

    @TempDir
    private static Path directory;

    private static Classifier classifier;
    private static PredictionServer server;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        Path run = TrainedRun.in(directory.resolve("run"), "--width", "4", "--epochs", "1", "--image-size", "64");
        TrainedRun.writePngs(directory.resolve("pictures"), IMAGES);
        classifier = Classifier.open(run, ClassifierOptions.DEFAULT.withLimits(LIMITS.picture()));
        server = start(LIMITS, Optional.empty());
    }

    private static PredictionServer start(ServeLimits limits, Optional<URI> publicUrl) throws IOException {
        return PredictionServer.start(
                classifier,
                InvertMode.NO,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                publicUrl,
                limits);
    }

    @AfterAll
    static void stop() {
        server.close();
        classifier.close();
    }

    private static Path picture(int i) {
        return directory.resolve("pictures").resolve(String.format(Locale.ROOT, "%03d.png", i));
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static HttpResponse<String> post(String path, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        return new ObjectMapper().readTree(response.body());
    }

    @Test
    void a_posted_picture_gets_what_the_classifier_says() throws Exception {
        HttpResponse<String> response = post("/predict", Files.readAllBytes(picture(5)));
        JsonNode json = json(response);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json.get("class").textValue())
                .isEqualTo(classifier.classify(picture(5)).className());
        assertThat(json.get("probabilities").get("Sandal").doubleValue())
                .isCloseTo(
                        classifier.classify(picture(5)).probabilities().get(5).probability(), within(1e-6));
        assertThat(json.has("heatMap")).isFalse();
    }

    @Test
    void a_prediction_that_abstains_has_no_class_and_is_counted() throws Exception {
        ClassifierOptions careful =
                ClassifierOptions.DEFAULT.withLimits(LIMITS.picture()).withAbstainBelow(1);
        try (Classifier unsure = Classifier.open(directory.resolve("run"), careful);
                PredictionServer another = PredictionServer.start(
                        unsure,
                        InvertMode.NO,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Optional.empty(),
                        LIMITS)) {
            URI base = URI.create("http://127.0.0.1:" + another.port());
            HttpResponse<String> response = CLIENT.send(
                    HttpRequest.newBuilder(base.resolve("/predict?explain=yes"))
                            .POST(BodyPublishers.ofFile(picture(5)))
                            .build(),
                    BodyHandlers.ofString());
            JsonNode json = json(response);
            assertThat(json.get("class").isNull()).isTrue();
            assertThat(json.get("abstained").booleanValue()).isTrue();
            assertThat(json.get("energy").isNumber()).isTrue();
            assertThat(json.get("set").isNull()).isTrue();
            assertThat(json.has("heatMap")).isTrue();
            assertThat(CLIENT.send(
                                    HttpRequest.newBuilder(base.resolve("/metrics"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body())
                    .contains("residual_abstained_total 1.0");
            assertThat(CLIENT.send(
                                    HttpRequest.newBuilder(base.resolve("/model"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body())
                    .contains("\"limitation\":", "the last model has no calibration");
        }
    }

    /** By RFC 2046, RFC 7578 and RFC 5987, and as old clients write it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "multipart/form-data; boundary=frontier | frontier | filename=\"shoe.png\" | CRLF",
                "multipart/form-data; boundary=\"frontier\" | frontier | filename=\"shoe.png\" | CRLF",
                "Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c=\\?\" | a b:c=? | filename=shoe.png | CRLF",
                "multipart/form-data;boundary=----W7MA4YWxk | ----W7MA4YWxk | filename*=UTF-8''schuh%20%C3%B6.png |"
                        + " CRLF",
                "multipart/form-data; boundary=frontier | frontier | size=1 | CRLF",
                "multipart/form-data; boundary=frontier | frontier | filename=\"shoe.png\" | LF"
            })
    void a_file_of_a_form_is_read_as_well(String type, String boundary, String name, String ends) throws Exception {
        byte[] png = Files.readAllBytes(picture(6));
        String end = ends.equals("LF") ? "\n" : "\r\n";
        String head = String.join(
                end,
                "This text is for readers without MIME.",
                "--" + boundary,
                "Content-Disposition: form-data; name=\"note\"",
                "",
                "hello",
                "--" + boundary,
                "Content-Disposition: form-data; name=\"file\"; " + name,
                "Content-Type: image/png",
                "",
                "");
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(png);
        body.writeBytes(
                (end + "--" + boundary + "--" + end + "More for them." + end).getBytes(StandardCharsets.US_ASCII));

        HttpResponse<String> response = post("/predict", body.toByteArray(), "Content-Type", type);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(json(response)).isEqualTo(json(post("/predict", png)));
    }

    @ParameterizedTest
    @CsvSource({
        "multipart/form-data, a form without a boundary in its Content-Type",
        "multipart/form-data; boundary=\"\", a form without a boundary in its Content-Type",
        "multipart/form-data; boundary=x, a form that cannot be read"
    })
    void a_form_that_is_none_is_rejected_with_a_reason(String type, String reason) throws Exception {
        HttpResponse<String> response =
                post("/predict", "no form".getBytes(StandardCharsets.US_ASCII), "Content-Type", type);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).get("error").textValue()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/healthz", "/model", "/metrics", "/page.js", "/predict", "/nowhere"})
    void a_head_request_has_the_status_of_get_and_no_body(String path) throws Exception {
        HttpResponse<String> get = get(path);
        String head = raw("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(head).startsWith("HTTP/1.1 " + get.statusCode() + " ").endsWith("\r\n\r\n");
        assertThat(head.toLowerCase(Locale.ROOT)).contains("content-length: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"/healthz | GET, HEAD, OPTIONS", "/predict | POST, OPTIONS", "* | GET, HEAD, POST, OPTIONS"})
    void what_a_route_takes_is_in_the_allow_header(String path, String allowed) throws Exception {
        assertThat(raw("OPTIONS " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 204 ")
                .contains("Allow: " + allowed + "\r\n");
        if (!path.equals("*")) {
            assertThat(raw("DELETE " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 405 ")
                    .contains("Allow: " + allowed + "\r\n");
        }
    }

    @Test
    void a_large_body_that_nobody_wants_still_gets_its_answer() throws Exception {
        byte[] large = new byte[5_000_000];

        assertThat(post("/nowhere", large).statusCode()).isEqualTo(404);
        assertThat(post("/healthz", large).statusCode()).isEqualTo(405);
        assertThat(post("/predict", large).statusCode()).isEqualTo(413);
        assertThat(post("/predict", large, "Origin", "https://other.example").statusCode())
                .isEqualTo(403);
        HttpResponse<String> chunked = CLIENT.send(
                HttpRequest.newBuilder(uri("/predict"))
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                        .build(),
                BodyHandlers.ofString());
        assertThat(chunked.statusCode()).isEqualTo(413);
    }

    @Test
    void pictures_that_need_memory_which_others_have_are_asked_to_come_back() throws Exception {
        byte[] png = Files.readAllBytes(picture(3));
        DecodingBudget budget = classifier.decoder().budget();
        try (DecodingBudget.Lease all = budget.reserve(budget.available())) {
            HttpResponse<String> busy = post("/predict?explain=yes", png);

            assertThat(busy.statusCode()).isEqualTo(503);
            assertThat(busy.headers().firstValue("Retry-After")).contains("1");
            assertThat(get("/healthz").statusCode()).isEqualTo(200);
        }
        assertThat(post("/predict?explain=yes", png).statusCode()).isEqualTo(200);
    }

    @Test
    void behind_a_proxy_the_public_host_and_its_pages_are_answered() throws Exception {
        String body = "Content-Length: 1\r\n\r\nx";
        try (PredictionServer proxied = start(LIMITS, Optional.of(URI.create("https://shoes.example/app/")))) {
            assertThat(raw(proxied.port(), "GET /healthz HTTP/1.1\r\nHost: shoes.example\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(raw(
                            proxied.port(),
                            "POST /predict HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nOrigin: https://shoes.example\r\n"
                                    + body))
                    .startsWith("HTTP/1.1 415 ");
            assertThat(raw(
                            proxied.port(),
                            "POST /predict HTTP/1.1\r\nHost: shoes.example\r\nOrigin: http://shoes.example.org\r\n"
                                    + body))
                    .startsWith("HTTP/1.1 403 ");
            assertThat(raw(proxied.port(), "GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n"))
                    .startsWith("HTTP/1.1 421 ")
                    .contains("--public-url");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Expect: 100-continue\r\n"})
    void an_upload_that_pauses_is_answered_though_the_server_stops(String expect) throws Exception {
        byte[] png = Files.readAllBytes(picture(2));
        PredictionServer stopping = start(limits(Duration.ofSeconds(10), Duration.ofSeconds(10)), Optional.empty());
        try (Socket idle = new Socket(InetAddress.getLoopbackAddress(), stopping.port());
                Socket upload = new Socket(InetAddress.getLoopbackAddress(), stopping.port())) {
            send(
                    upload,
                    ("POST /predict HTTP/1.1\r\nHost: localhost\r\n" + expect + "Content-Length: " + png.length
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            if (!expect.isEmpty()) {
                assertThat(read(upload)).startsWith("HTTP/1.1 100 ");
            }
            send(upload, Arrays.copyOf(png, 10));
            awaitInFlight(stopping);
            CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(stopping::stop);
            // Longer than Jetty's own limit for a pause while it stops.
            Thread.sleep(1500);
            send(upload, Arrays.copyOfRange(png, 10, png.length));

            assertThat(read(upload)).startsWith("HTTP/1.1 200 ");
            upload.close();
            assertThat(stopped.get(5, TimeUnit.SECONDS)).isTrue();
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void a_request_that_does_not_end_does_not_keep_the_server_from_stopping() throws Exception {
        PredictionServer stopping = start(limits(Duration.ofSeconds(20), Duration.ofMillis(300)), Optional.empty());
        try (Socket upload = new Socket(InetAddress.getLoopbackAddress(), stopping.port())) {
            send(
                    upload,
                    "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nabc"
                            .getBytes(StandardCharsets.US_ASCII));
            awaitInFlight(stopping);

            assertThat(stopping.stop()).isFalse();
        }
    }

    private static ServeLimits limits(Duration receive, Duration stop) {
        return new ServeLimits(LIMITS.picture(), LIMITS.requests(), LIMITS.connections(), receive, stop);
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    private static void awaitInFlight(PredictionServer server) throws InterruptedException {
        while (server.inFlight() == 0) {
            Thread.sleep(10);
        }
    }

    @Test
    void an_explanation_has_the_heat_of_each_place_and_what_the_network_sees() throws Exception {
        JsonNode json = json(post("/predict?explain=yes&invert=yes", Files.readAllBytes(picture(7))));

        assertThat(json.get("inverted").booleanValue()).isTrue();
        assertThat(json.get("heatMap").get("rows").intValue()).isEqualTo(2);
        assertThat(json.get("heatMap").get("shares")).hasSize(4);
        assertThat(json.get("input").textValue()).startsWith("data:image/png;base64,iVBOR");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET  | /nowhere             | 404 | nothing is here: POST a picture to /predict; GET /, /model,"
                        + " /metrics or /healthz",
                "GET  | /predict             | 405 | /predict takes POST",
                "POST | /healthz             | 405 | /healthz takes GET",
                "POST | /predict?invert=sure | 400 | invert: expected no, yes or auto",
                "POST | /predict             | 400 | no picture: send one as the body, or as the file of a form"
            })
    void what_cannot_be_answered_is_rejected_with_a_reason(String method, String path, int status, String reason)
            throws Exception {
        HttpResponse<String> response = CLIENT.send(
                HttpRequest.newBuilder(uri(path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).get("error").textValue()).isEqualTo(reason);
    }

    @Test
    void hostile_pictures_are_rejected_with_a_reason() throws Exception {
        byte[] png = Files.readAllBytes(picture(1));
        byte[] bomb = png.clone();
        ByteBuffer.wrap(bomb).putInt(16, 50_000).putInt(20, 50_000);

        assertThat(post("/predict", Arrays.copyOf(png, png.length / 2)).statusCode())
                .isEqualTo(422);
        assertThat(post("/predict", bomb).statusCode()).isEqualTo(413);
        assertThat(json(post("/predict", bomb)).get("error").textValue()).startsWith("50000 x 50000 pixels, more than");
        assertThat(post("/predict", "<svg/>".getBytes(StandardCharsets.US_ASCII))
                        .statusCode())
                .isEqualTo(415);
        assertThat(post("/predict", new byte[200_000]).statusCode()).isEqualTo(413);
        assertThat(post("/predict", png).statusCode()).isEqualTo(200);
    }

    @Test
    void other_hosts_and_pages_of_other_origins_are_rejected() throws Exception {
        assertThat(raw("GET / HTTP/1.1\r\nHost: rebound.example:80\r\n\r\n")).startsWith("HTTP/1.1 421 ");
        assertThat(raw("GET /healthz HTTP/1.1\r\nHost: LOCALHOST:1234\r\n\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(raw("POST /predict HTTP/1.1\r\nHost: localhost\r\nOrigin: http://other.example\r\n"
                        + "Content-Length: 1\r\n\r\nx"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(get("/").headers().map()).doesNotContainKey("access-control-allow-origin");
    }

    @Test
    void a_head_that_drips_and_a_body_that_does_not_come_are_timed_out() throws Exception {
        assertThat(dripped("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")).startsWith("HTTP/1.1 408 ");
        assertThat(raw("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nabc"))
                .startsWith("HTTP/1.1 408 ")
                .contains("the picture did not come within 1 s");
    }

    @Test
    void malformed_and_oversized_heads_are_rejected_in_json() throws Exception {
        assertThat(raw("\u0001\r\n\r\n")).startsWith("HTTP/1.1 400 ").contains("{\"error\":");
        assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(9000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    /** Sends all at once, and gives what comes back first. */
    private static String raw(String request) throws IOException {
        return raw(server.port(), request);
    }

    private static String raw(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return read(socket);
        }
    }

    /** Sends a head, and then byte after byte until the server answers or hangs up. */
    private static String dripped(String head) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            for (int i = 0; i < 200 && socket.getInputStream().available() == 0; i++) {
                Thread.sleep(100);
                out.write('a');
            }
            return read(socket);
        } catch (SocketException hungUp) {
            return "hung up";
        }
    }

    private static String read(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] bytes = new byte[8192];
        do {
            int count = socket.getInputStream().read(bytes);
            if (count < 0) {
                break;
            }
            text.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
        } while (text.indexOf("\r\n\r\n") < 0 || socket.getInputStream().available() > 0);
        return text.toString();
    }

    /** Counts, not times: a loaded machine may be slow, but must not lose or mix up anything. */
    @Test
    void under_load_each_request_gets_its_own_answer_or_is_asked_to_come_back() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            expected.add(classifier.classify(picture(i)).className());
        }
        String before = get("/metrics").body();
        List<Future<HttpResponse<String>>> answers = new ArrayList<>();
        ExecutorService clients = Executors.newFixedThreadPool(2 * LIMITS.requests());
        for (int i = 0; i < 10 * IMAGES; i++) {
            byte[] body = Files.readAllBytes(picture(i % IMAGES));
            answers.add(clients.submit(() -> post("/predict", body)));
        }
        clients.shutdown();
        int answered = 0;
        int busy = 0;
        for (int i = 0; i < answers.size(); i++) {
            HttpResponse<String> answer = answers.get(i).get();
            if (answer.statusCode() == 503) {
                assertThat(answer.headers().firstValue("Retry-After")).contains("1");
                busy++;
            } else {
                assertThat(json(answer).get("class").textValue()).isEqualTo(expected.get(i % IMAGES));
                answered++;
            }
        }
        assertThat(answered + busy).isEqualTo(10 * IMAGES);
        assertThat(answered).isGreaterThanOrEqualTo(LIMITS.requests());
        String ok = "residual_requests_answered_total{path=\"/predict\",status=\"200\"}";
        assertThat(value(get("/metrics").body(), ok) - value(before, ok)).isEqualTo(answered);
    }

    private static long value(String metrics, String series) {
        return metrics.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToLong(line -> Math.round(Double.parseDouble(line.substring(series.length() + 1))))
                .sum();
    }

    @Test
    void metrics_are_prometheus_text_and_do_not_grow_with_made_up_paths() throws Exception {
        get("/made-up-1");
        get("/made-up-2");
        HttpResponse<String> metrics = get("/metrics");

        assertThat(metrics.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(metrics.body())
                .contains("# TYPE residual_predict_seconds histogram")
                .contains("residual_requests_answered_total{path=\"other\",status=\"404\"}")
                .doesNotContain("made-up");
    }

    @Test
    void the_page_may_load_nothing_but_this_servers_files() throws Exception {
        HttpResponse<String> page = get("/");

        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none';")
                .doesNotContain("unsafe")
                .doesNotContain("http");
        assertThat(page.body()).contains("<script src=\"page.js\" defer>").doesNotContain("http:");
        assertThat(get("/page.js").statusCode()).isEqualTo(200);
        assertThat(get("/page.css").statusCode()).isEqualTo(200);
    }
}
