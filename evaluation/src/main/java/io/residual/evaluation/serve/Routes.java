package io.residual.evaluation.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What answers each path. */
final class Routes extends Handler.Abstract.NonBlocking {
    static final String PREDICT = "/predict";

    private final Map<String, Route> routes = new HashMap<>();
    private final ServeMetrics metrics;
    private final Duration receiveTimeout;

    private record Route(String method, Answer answer) {
        /** HEAD is GET without the content, which Jetty does not send. */
        boolean takes(String asked) {
            return asked.equals(method) || (asked.equals("HEAD") && method.equals("GET"));
        }

        String allowed() {
            return method.equals("GET") ? "GET, HEAD, OPTIONS" : method + ", OPTIONS";
        }
    }

    private interface Answer {
        void write(Request request, Response response, Callback callback);
    }

    /**
     * Routes to the parts of a server.
     *
     * @param model the JSON at {@code /model}, for the page
     * @param receiveTimeout maximum time to wait for the rest of a rejected request
     */
    Routes(PredictHandler predictions, ServeMetrics metrics, byte[] model, Duration receiveTimeout) {
        this.metrics = metrics;
        this.receiveTimeout = receiveTimeout;
        routes.put(
                PREDICT,
                new Route(
                        "POST",
                        (request, response, callback) -> predictions.answer(request, response, callback, metrics)));
        routes.put(
                "/metrics",
                new Route(
                        "GET",
                        (request, response, callback) ->
                                Responses.write(response, callback, metrics.contentType(), metrics.text())));
        get("/healthz", "text/plain; charset=utf-8", "ok\n".getBytes(StandardCharsets.UTF_8));
        get("/model", "application/json", model);
        get("/", "text/html; charset=utf-8", resource("page.html"));
        get("/page.css", "text/css; charset=utf-8", resource("page.css"));
        get("/page.js", "text/javascript; charset=utf-8", resource("page.js"));
        get("/icon.svg", "image/svg+xml", resource("icon.svg"));
    }

    private void get(String path, String type, byte[] content) {
        routes.put(
                path,
                new Route("GET", (request, response, callback) -> Responses.write(response, callback, type, content)));
    }

    private static byte[] resource(String name) {
        try (InputStream in = Objects.requireNonNull(Routes.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        metrics.follow(request, response, routes.containsKey(path) ? path : "other");
        try {
            answer(path, request, response, callback);
        } catch (RequestException rejection) {
            Responses.reject(request, response, callback, rejection, receiveTimeout);
        }
        return true;
    }

    private void answer(String path, Request request, Response response, Callback callback) {
        String method = request.getMethod();
        Route route = routes.get(path);
        if (route == null && !(path.equals("*") && method.equals("OPTIONS"))) {
            throw new RequestException(
                    HttpStatus.NOT_FOUND_404,
                    "nothing is here: POST a picture to /predict; GET /, /model, /metrics or /healthz");
        }
        if (route != null && route.takes(method)) {
            route.answer().write(request, response, callback);
            return;
        }
        response.getHeaders().put(HttpHeader.ALLOW, route == null ? "GET, HEAD, POST, OPTIONS" : route.allowed());
        if (!method.equals("OPTIONS")) {
            throw new RequestException(
                    HttpStatus.METHOD_NOT_ALLOWED_405,
                    path + " takes " + Objects.requireNonNull(route).method());
        }
        response.setStatus(HttpStatus.NO_CONTENT_204);
        callback.succeeded();
    }
}
