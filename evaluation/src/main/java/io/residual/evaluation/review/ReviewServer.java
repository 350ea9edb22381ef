package io.residual.evaluation.review;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.core.ResidualException;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.evaluation.explain.Bitmaps;
import io.residual.evaluation.http.Access;
import io.residual.evaluation.http.BodyReader;
import io.residual.evaluation.http.PageServer;
import io.residual.evaluation.http.RequestException;
import io.residual.evaluation.http.Responses;
import io.residual.evaluation.http.Routes;
import io.residual.evaluation.review.NearestImages.Neighbour;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecision.Verdict;
import io.residual.training.run.StrictJson;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A page to review suspect labels at, on this machine alone. Requests that change something must be JSON, which pages of other
 * sites cannot send unasked.
 */
public final class ReviewServer implements AutoCloseable {
    private static final int NEIGHBOURS = 8;
    private static final int MAX_BODY = 4096;
    /** A decision takes milliseconds, so the server need not wait long for the last one. */
    private static final PageServer.Limits LIMITS =
            new PageServer.Limits(64, Duration.ofSeconds(10), Duration.ofSeconds(1));

    private final ReviewSession session;
    /** The session's only thread. */
    private final ExecutorService thread;

    private final PageServer server;

    /**
     * Starts to serve.
     *
     * @param port 0 for a free one
     * @throws ResidualException of kind BAD_ADDRESS if it cannot listen there
     */
    public ReviewServer(ReviewSession session, int port) {
        this.session = session;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread daemon = new Thread(task, "review");
            daemon.setDaemon(true);
            return daemon;
        });
        Routes routes = new Routes("GET /", LIMITS.receiveTimeout(), (request, response, path) -> {})
                .page(ReviewServer.class)
                .on(
                        "GET",
                        "/review",
                        (request, response, callback) -> answer(
                                request, response, callback, CompletableFuture.completedFuture(""), any -> overview()))
                .on("GET", "/item", (request, response, callback) -> {
                    int number = number(Request.extractQueryParameters(request).getValue("number"));
                    answer(request, response, callback, CompletableFuture.completedFuture(""), any -> item(number));
                })
                .on(
                        "POST",
                        "/decision",
                        (request, response, callback) ->
                                answer(request, response, callback, body(request), this::decide))
                .on(
                        "POST",
                        "/undo",
                        (request, response, callback) ->
                                answer(request, response, callback, body(request), any -> undo()));
        this.server = PageServer.start(routes, Access.ofThisMachine(address(port)), LIMITS);
    }

    /**
     * Makes sure that the page could be served now.
     *
     * @throws ResidualException of kind BAD_ADDRESS if it cannot listen there
     */
    public static void requireFree(int port) {
        PageServer.requireFree(address(port));
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** The address of the page. */
    public String url() {
        return "http://127.0.0.1:" + server.port() + "/";
    }

    /** How many items have a decision. */
    public int decided() {
        return (int) session.decisions().stream().filter(Optional::isPresent).count();
    }

    /** Makes JSON of the body of a request. */
    private interface Work {
        ObjectNode json(String body);
    }

    /** A decision as the page sends it. */
    private record Decided(int number, Verdict verdict, String after) {}

    private void answer(
            Request request, Response response, Callback callback, CompletableFuture<String> body, Work work) {
        var unused = body.thenApplyAsync(work::json, thread).whenComplete((json, error) -> {
            if (error == null) {
                Responses.json(response, callback, json);
                return;
            }
            Throwable cause = RequestException.rootCause(error);
            RequestException rejection = cause instanceof RequestException rejected
                    ? rejected
                    : cause instanceof ResidualException known
                            ? new RequestException(
                                    HttpStatus.INTERNAL_SERVER_ERROR_500, String.valueOf(known.getMessage()))
                            : null;
            if (rejection == null) {
                callback.failed(cause);
            } else {
                Responses.reject(request, response, callback, rejection, LIMITS.receiveTimeout());
            }
        });
    }

    private static CompletableFuture<String> body(Request request) {
        String type = String.valueOf(request.getHeaders().get(HttpHeader.CONTENT_TYPE));
        if (!type.toLowerCase(Locale.ROOT).matches("application/json\\s*(;.*)?")) {
            throw new RequestException(HttpStatus.UNSUPPORTED_MEDIA_TYPE_415, "expected application/json");
        }
        return BodyReader.read(request, MAX_BODY, LIMITS.receiveTimeout()).handle((body, error) -> {
            if (error != null) {
                throw new RequestException(HttpStatus.BAD_REQUEST_400, "the body could not be read to its end");
            }
            return new String(
                    body.orElseThrow(
                            () -> new RequestException(HttpStatus.PAYLOAD_TOO_LARGE_413, "no decision is so long")),
                    StandardCharsets.UTF_8);
        });
    }

    private int number(@Nullable String text) {
        if (text == null || !text.matches("\\d{1,9}")) {
            throw new RequestException(HttpStatus.BAD_REQUEST_400, "number: expected that of a suspect, from 0");
        }
        return number(Integer.parseInt(text));
    }

    private int number(int number) {
        if (number < 0 || number >= session.items().size()) {
            throw new RequestException(
                    HttpStatus.BAD_REQUEST_400,
                    "number: there are " + session.items().size() + " suspects");
        }
        return number;
    }

    private ObjectNode overview() {
        ObjectNode json = state();
        json.put("reviewer", session.reviewer());
        json.put("file", session.file().path().toString());
        session.training().classNames().forEach(json.putArray("classes")::add);
        ArrayNode items = json.putArray("items");
        for (ReviewItem item : session.items()) {
            items.addObject()
                    .put("name", item.name())
                    .put("label", item.label())
                    .put("suggested", item.className(item.suggested()));
        }
        return json;
    }

    /** What was decided on each item, in words, empty for nothing. */
    private ObjectNode state() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode decisions = json.putArray("decisions");
        session.decisions()
                .forEach(decision ->
                        decisions.add(decision.map(LabelDecision::outcome).orElse("")));
        return json;
    }

    private ObjectNode item(int number) {
        ReviewItem item = session.items().get(number);
        ImageSet images = item.images();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", item.name());
        json.put("part", item.part() == Split.TEST ? "test" : "training");
        json.put("label", item.label());
        json.put("suggested", item.className(item.suggested()));
        json.put("image", png(images, item.index()));
        ArrayNode probabilities = json.putArray("probabilities");
        List<String> classes = images.classNames();
        for (int c = 0; c < classes.size(); c++) {
            probabilities
                    .addObject()
                    .put("class", classes.get(c))
                    .put("probability", item.scores().score(item.index(), c));
        }
        ArrayNode nearest = json.putArray("nearest");
        for (Neighbour neighbour : NearestImages.of(session.training(), images, item.index(), NEIGHBOURS)) {
            nearest.addObject()
                    .put("name", session.training().name(neighbour.index()))
                    .put("label", classes.get(session.training().label(neighbour.index())))
                    .put("difference", neighbour.difference())
                    .put("image", png(session.training(), neighbour.index()));
        }
        return json;
    }

    private static String png(ImageSet images, int index) {
        return "data:image/png;base64,"
                + Base64.getEncoder().encodeToString(Bitmaps.png(Bitmaps.picture(images, index)));
    }

    private ObjectNode decide(String body) {
        try {
            Decided decided = StrictJson.read(body, Decided.class);
            if (decided.verdict() == Verdict.UNDO) {
                throw new IllegalArgumentException("verdict: POST to /undo");
            }
            session.decide(number(decided.number()), decided.verdict(), decided.after());
        } catch (IllegalArgumentException e) {
            throw new RequestException(HttpStatus.BAD_REQUEST_400, String.valueOf(e.getMessage()));
        }
        return state();
    }

    private ObjectNode undo() {
        OptionalInt item = session.undo();
        ObjectNode json = state();
        item.ifPresent(number -> json.put("number", number));
        return json;
    }

    @Override
    public void close() {
        server.close();
        thread.shutdown();
    }
}
