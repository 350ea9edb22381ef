package io.residual.evaluation.review;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.evaluation.metrics.Scores;
import io.residual.training.run.DecisionFile;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecisions;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four suspects of the sample: three training images and a test image. */
class ReviewServerTest {
    private static final IdxSource SAMPLE = IdxSource.sample();
    private static final ImageSet TRAINING =
            SAMPLE.wholeTraining().subset(IntStream.range(0, 300).toArray());
    private static final ImageSet TEST =
            SAMPLE.open(Split.TEST, StratifiedSplit.SEED).subset(0, 1, 2);

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    private DecisionFile file;
    private ReviewServer server;

    @BeforeEach
    void start() {
        file = DecisionFile.open(directory.resolve("decisions-anna.jsonl"));
        server = new ReviewServer(
                new ReviewSession(
                        List.of(
                                item(Split.TRAIN, TRAINING, 7),
                                item(Split.TRAIN, TRAINING, 20),
                                item(Split.TRAIN, TRAINING, 3),
                                item(Split.TEST, TEST, 1)),
                        TRAINING,
                        file,
                        "anna",
                        () -> Instant.parse("2026-11-27T17:00:00.123Z")),
                0);
    }

    /** A network that is sure of the class after the label. */
    private static ReviewItem item(Split part, ImageSet images, int index) {
        int classes = images.classNames().size();
        float[][] rows = new float[images.size()][classes];
        int[] labels = IntStream.range(0, images.size()).map(images::label).toArray();
        for (int i = 0; i < rows.length; i++) {
            rows[i][labels[i]] = 0.125f;
            rows[i][(labels[i] + 1) % classes] = 0.875f;
        }
        return new ReviewItem(part, images, Scores.of(rows, labels), index, (labels[index] + 1) % classes);
    }

    @AfterEach
    void stop() {
        server.close();
        file.close();
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode json(String method, String path, String body) throws IOException {
        HttpResponse<String> response = send(method, path, body, "Content-Type", "application/json");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new ObjectMapper().readTree(response.body());
    }

    private static String decision(int number, String verdict, String after) {
        return String.format(
                Locale.ROOT, "{\"number\":%d,\"verdict\":\"%s\",\"after\":\"%s\"}", number, verdict, after);
    }

    @Test
    void each_decision_is_saved_with_digest_labels_reviewer_and_time_before_it_is_answered() throws IOException {
        String given = TRAINING.classNames().get(TRAINING.label(20));

        json("POST", "decision", decision(1, "RELABEL", "Bag"));
        json("POST", "decision", decision(3, "DROP", ""));

        List<LabelDecision> lines = DecisionFile.read(file.path());
        assertThat(lines.get(0))
                .isEqualTo(new LabelDecision(
                        Split.TRAIN,
                        "train-images-idx3-ubyte[20]",
                        TRAINING.sha256(20),
                        given,
                        "Bag",
                        LabelDecision.Verdict.RELABEL,
                        "anna",
                        Instant.parse("2026-11-27T17:00:00Z")));
        assertThat(lines.get(1).part()).isEqualTo(Split.TEST);
        assertThat(lines.get(1).sha256()).isEqualTo(TEST.sha256(1));
        assertThat(json("GET", "review", "").get("decisions"))
                .extracting(JsonNode::textValue)
                .containsExactly("", "relabel Bag", "", "drop");
    }

    @Test
    void undo_takes_back_the_last_decision_then_the_one_before_and_says_where_it_was() throws IOException {
        json("POST", "decision", decision(2, "KEEP", ""));
        json("POST", "decision", decision(0, "UNSURE", ""));
        json("POST", "decision", decision(2, "DROP", ""));

        JsonNode first = json("POST", "undo", "{}");
        assertThat(first.get("number").intValue()).isEqualTo(2);
        assertThat(first.get("decisions").get(2).textValue()).startsWith("keep ");
        assertThat(json("POST", "undo", "{}").get("number").intValue()).isZero();
        JsonNode third = json("POST", "undo", "{}");
        assertThat(third.get("number").intValue()).isEqualTo(2);
        assertThat(third.get("decisions")).extracting(JsonNode::textValue).containsOnly("");
        assertThat(json("POST", "undo", "{}").has("number")).isFalse();
        assertThat(DecisionFile.read(file.path())).hasSize(6);
    }

    @Test
    void undo_leaves_decisions_on_images_that_are_no_longer_suspect() throws IOException {
        json("POST", "decision", decision(2, "KEEP", ""));
        LabelDecision ofAnotherSession = item(Split.TRAIN, TRAINING, 50)
                .decision(LabelDecision.Verdict.DROP, "", "anna", Instant.parse("2026-11-27T18:00:00Z"));
        file.add(ofAnotherSession);

        assertThat(json("POST", "undo", "{}").get("number").intValue()).isEqualTo(2);
        assertThat(json("POST", "undo", "{}").has("number")).isFalse();
        assertThat(LabelDecisions.of(file.decisions()).inForce()).containsExactly(ofAnotherSession);
    }

    @Test
    void undo_takes_back_decisions_of_the_same_second_in_the_order_of_the_lines() throws IOException {
        json("POST", "decision", decision(2, "KEEP", ""));
        json("POST", "decision", decision(0, "KEEP", ""));
        json("POST", "decision", decision(2, "KEEP", ""));

        assertThat(json("POST", "undo", "{}").get("number").intValue()).isEqualTo(2);
        assertThat(json("POST", "undo", "{}").get("number").intValue()).isZero();
        assertThat(json("POST", "undo", "{}").get("number").intValue()).isEqualTo(2);
    }

    @Test
    void a_suspect_is_shown_with_its_probabilities_and_its_nearest_training_images() throws IOException {
        JsonNode item = json("GET", "item?number=0", "");

        assertThat(item.get("label").textValue())
                .isEqualTo(TRAINING.classNames().get(TRAINING.label(7)));
        assertThat(item.get("image").textValue()).startsWith("data:image/png;base64,");
        assertThat(item.get("probabilities")).hasSize(10);
        JsonNode nearest = item.get("nearest");
        assertThat(nearest).hasSize(8);
        assertThat(nearest.findValuesAsText("name")).doesNotContain("train-images-idx3-ubyte[7]");
        double smallest = IntStream.range(0, TRAINING.size())
                .filter(i -> i != 7)
                .mapToDouble(i -> difference(7, i))
                .min()
                .orElseThrow();
        assertThat(nearest.get(0).get("difference").doubleValue()).isEqualTo(smallest);
        assertThat(json("GET", "item?number=3", "").get("part").textValue()).isEqualTo("test");
    }

    private static double difference(int first, int second) {
        byte[] one = new byte[28 * 28];
        byte[] other = new byte[28 * 28];
        TRAINING.copyPixels(first, one, 0);
        TRAINING.copyPixels(second, other, 0);
        return IntStream.range(0, one.length)
                        .map(p -> Math.abs((one[p] & 0xff) - (other[p] & 0xff)))
                        .sum()
                / (28.0 * 28);
    }

    @Test
    void a_page_of_another_site_can_decide_nothing() {
        requireRefused("Origin", "https://example.org", 403, "another origin");
        requireRefused("Origin", "null", 403, "another origin");
        assertThat(answerToAnotherHost()).startsWith("HTTP/1.1 421").contains("localhost and 127.0.0.1 only");
        requireRefused("Content-Type", "text/plain", 415, "expected application/json");
        requireRefused("Content-Type", "application/x-www-form-urlencoded", 415, "expected application/json");
        requireRefused("Content-Type", "multipart/form-data; boundary=b", 415, "expected application/json");
        assertThat(DecisionFile.read(file.path())).isEmpty();
    }

    /** Through a socket: Java's client does not let a program choose the host that it names. */
    private String answerToAnotherHost() {
        URI url = URI.create(server.url() + "decision");
        String body = decision(0, "DROP", "");
        String request =
                "POST " + url.getRawPath() + " HTTP/1.1\r\nHost: example.org\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body;
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void requireRefused(String header, String value, int status, String reason) {
        String[] headers = header.equals("Content-Type")
                ? new String[] {header, value}
                : new String[] {header, value, "Content-Type", "application/json"};
        for (String path : List.of("decision", "undo")) {
            HttpResponse<String> response = send("POST", path, decision(0, "DROP", ""), headers);

            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(response.body()).contains(reason);
            assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
        if (!header.equals("Content-Type")) {
            assertThat(send("GET", "review", "", header, value).statusCode()).isEqualTo(status);
        }
    }

    @Test
    void what_is_no_decision_is_refused_and_nothing_is_saved() {
        assertThat(List.of(
                        decision(4, "KEEP", ""),
                        decision(-1, "KEEP", ""),
                        decision(0, "UNDO", ""),
                        decision(0, "BURN", ""),
                        decision(0, "RELABEL", "Toaster"),
                        decision(0, "RELABEL", TRAINING.classNames().get(TRAINING.label(7))),
                        "{\"number\":0}",
                        "[]",
                        "",
                        "{\"number\":0,\"verdict\":\"KEEP\",\"after\":\"\",\"reviewer\":\"ben\"}"))
                .allSatisfy(body -> assertThat(send("POST", "decision", body, "Content-Type", "application/json")
                                .statusCode())
                        .isEqualTo(400));
        assertThat(send("POST", "decision", " ".repeat(5000), "Content-Type", "application/json")
                        .statusCode())
                .isEqualTo(413);
        assertThat(send("GET", "item?number=99", "").statusCode()).isEqualTo(400);
        assertThat(send("GET", "item", "").statusCode()).isEqualTo(400);
        assertThat(send("GET", "page.class", "").statusCode()).isEqualTo(404);
        assertThat(DecisionFile.read(file.path())).isEmpty();
    }

    @Test
    void the_page_has_no_inline_script_and_a_policy_that_forbids_one() {
        HttpResponse<String> page = send("GET", "", "");

        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'; script-src 'self'; style-src 'self';")
                .contains("frame-ancestors 'none'");
        assertThat(page.body().replace("<script src=\"page.js\" defer></script>", ""))
                .doesNotContain("<script")
                .doesNotContain("style=")
                .doesNotContainPattern("\\son[a-z]+=");
    }
}
