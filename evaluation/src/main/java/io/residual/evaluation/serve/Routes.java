package io.residual.evaluation.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Which path is answered by what. */
final class Routes extends Handler.Abstract.NonBlocking {
    static final String PREDICT = "/predict";
    private static final String METRICS = "/metrics";
    private static final String HEALTH = "/healthz";
    private static final String MODEL = "/model";

    /** The page and what it is made of. */
    private static final Map<String, Asset> ASSETS = Map.of(
            "/", Asset.of("page.html", "text/html; charset=utf-8"),
            "/page.css", Asset.of("page.css", "text/css; charset=utf-8"),
            "/page.js", Asset.of("page.js", "text/javascript; charset=utf-8"),
            "/icon.svg", Asset.of("icon.svg", "image/svg+xml"));

    private final PredictHandler predictions;
    private final ServeMetrics metrics;
    private final byte[] model;
    private final Duration receiveTimeout;

    /**
     * Routes to the parts of a server.
     *
     * @param model the JSON at {@code /model}: what the page must know of it
     * @param receiveTimeout most time to wait for the rest of a request that is refused
     */
    Routes(PredictHandler predictions, ServeMetrics metrics, byte[] model, Duration receiveTimeout) {
        this.predictions = predictions;
        this.metrics = metrics;
        this.model = model;
        this.receiveTimeout = receiveTimeout;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        metrics.follow(request, response, isKnown(path) ? path : "other");
        try {
            answer(path, request, response, callback);
        } catch (RequestException refusal) {
            reject(request, response, callback, refusal);
        }
        return true;
    }

    /**
     * Refuses after the body, which is thrown away as it comes: a server that closes a connection with something unread makes
     * the system reset it, and the client may never see the answer.
     */
    private void reject(Request request, Response response, Callback callback, RequestException refusal) {
        CompletableFuture<Void> read = new CompletableFuture<>();
        Content.Source.consumeAll(request, Callback.from(() -> read.complete(null), read::completeExceptionally));
        var unused = read.orTimeout(receiveTimeout.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((nothing, late) -> Responses.reject(response, callback, refusal));
    }

    private static boolean isKnown(String path) {
        return ASSETS.containsKey(path)
                || path.equals(PREDICT)
                || path.equals(METRICS)
                || path.equals(HEALTH)
                || path.equals(MODEL);
    }

    private void answer(String path, Request request, Response response, Callback callback) {
        if (!isKnown(path)) {
            throw new RequestException(
                    HttpStatus.NOT_FOUND_404,
                    "nothing is here: POST a picture to /predict; GET /, /model, /metrics or /healthz");
        }
        String method = path.equals(PREDICT) ? "POST" : "GET";
        if (!request.getMethod().equals(method)) {
            response.getHeaders().put(HttpHeader.ALLOW, method);
            throw new RequestException(HttpStatus.METHOD_NOT_ALLOWED_405, path + " takes " + method);
        }
        switch (path) {
            case PREDICT -> predictions.answer(request, response, callback, metrics);
            case METRICS -> Responses.write(response, callback, metrics.contentType(), metrics.text());
            case HEALTH ->
                Responses.write(
                        response, callback, "text/plain; charset=utf-8", "ok\n".getBytes(StandardCharsets.UTF_8));
            case MODEL -> Responses.write(response, callback, "application/json", model);
            default -> {
                Asset asset = Objects.requireNonNull(ASSETS.get(path));
                Responses.write(response, callback, asset.type, asset.content);
            }
        }
    }

    /** A file within this program. */
    private static final class Asset {
        private final String type;
        private final byte[] content;

        private Asset(String type, byte[] content) {
            this.type = type;
            this.content = content;
        }

        static Asset of(String name, String type) {
            try (InputStream in = Objects.requireNonNull(Routes.class.getResourceAsStream(name), name)) {
                return new Asset(type, in.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
