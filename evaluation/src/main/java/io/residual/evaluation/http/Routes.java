package io.residual.evaluation.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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

/** What answers each path. It is complete before the server starts. */
public final class Routes extends Handler.Abstract.NonBlocking {
    private final Map<String, Route> routes = new HashMap<>();
    private final String contents;
    private final Duration receiveTimeout;
    private final Follower follower;

    private record Route(String method, Answer answer) {
        /** HEAD is GET without the content, which Jetty does not send. */
        boolean takes(String asked) {
            return asked.equals(method) || (asked.equals("HEAD") && method.equals("GET"));
        }

        String allowed() {
            return method.equals("GET") ? "GET, HEAD, OPTIONS" : method + ", OPTIONS";
        }
    }

    /** Answers a request, now or later. A {@link RequestException} rejects it. */
    public interface Answer {
        void write(Request request, Response response, Callback callback);
    }

    /** Sees each request before it is answered. */
    public interface Follower {
        /**
         * Called once for each request.
         *
         * @param path of a route, or one word for all others, so that clients cannot invent paths
         */
        void follow(Request request, Response response, String path);
    }

    /**
     * No routes yet.
     *
     * @param contents what a client may ask for, in words
     * @param receiveTimeout maximum time to wait for the rest of a rejected request
     */
    public Routes(String contents, Duration receiveTimeout, Follower follower) {
        this.contents = contents;
        this.receiveTimeout = receiveTimeout;
        this.follower = follower;
    }

    /** Adds a path that one method is answered at. */
    public Routes on(String method, String path, Answer answer) {
        routes.put(path, new Route(method, answer));
        return this;
    }

    /** Adds a content that stays the same. */
    public Routes get(String path, String type, byte[] content) {
        return on("GET", path, (request, response, callback) -> Responses.write(response, callback, type, content));
    }

    /** Adds the page at {@code /} and its files, {@code page.html}, {@code page.css} and {@code page.js} beside a class. The
     * style that all pages share is {@code base.css}.
     */
    public Routes page(Class<?> beside) {
        return get("/", "text/html; charset=utf-8", resource(beside, "page.html"))
                .get("/page.css", "text/css; charset=utf-8", resource(beside, "page.css"))
                .get("/page.js", "text/javascript; charset=utf-8", resource(beside, "page.js"))
                .get("/base.css", "text/css; charset=utf-8", resource(Routes.class, "base.css"))
                .get("/icon.svg", "image/svg+xml", resource(Routes.class, "icon.svg"));
    }

    private static byte[] resource(Class<?> beside, String name) {
        try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        follower.follow(request, response, routes.containsKey(path) ? path : "other");
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
            throw new RequestException(HttpStatus.NOT_FOUND_404, "nothing is here: " + contents);
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
