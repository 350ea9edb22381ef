package io.residual.tuning.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows a page on this machine alone: it listens on the loopback address, and answers only requests that name it, so that
 * no page of the web can read it through a name of its own (DNS rebinding).
 */
public final class ReportServer implements AutoCloseable {
    private static final String[] SAFE = {
        "Cache-Control", "no-store",
        "X-Content-Type-Options", "nosniff",
        "X-Frame-Options", "DENY",
        "Cross-Origin-Resource-Policy", "same-origin",
        "Referrer-Policy", "no-referrer",
        // The page brings its own policy, which is stricter.
        "Content-Security-Policy", "frame-ancestors 'none'",
        "Refresh", "5",
    };

    /** More are refused. A thread is held while a request is received. */
    private static final int MAX_REQUESTS = 32;

    static {
        // The JDK's server would wait for ever for the rest of a request.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
    }

    private final @Nullable HttpServer server;
    private final ExecutorService threads = new ThreadPoolExecutor(
            0, MAX_REQUESTS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), ReportServer::daemon);

    private ReportServer(@Nullable HttpServer server) {
        this.server = server;
    }

    /** Serves nothing. */
    public static ReportServer none() {
        return new ReportServer(null);
    }

    /**
     * Starts to serve.
     *
     * @param port 0 for any that is free
     * @param html the page as it is now
     * @throws ResidualException of kind BAD_ADDRESS if the port cannot be used
     */
    public static ReportServer on(int port, Supplier<String> html) {
        try {
            HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
            ReportServer server = new ReportServer(http);
            http.setExecutor(server.threads);
            http.createContext("/", exchange -> answer(exchange, html));
            http.start();
            return server;
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_ADDRESS, "port " + port + " cannot be listened on (" + IoErrors.reason(e) + ")", e);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_SETTING, "port " + port + " is not from 0 to 65535", e);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "report-server");
        thread.setDaemon(true);
        return thread;
    }

    /** The address of the page, if it is served. */
    public Optional<String> address() {
        return Optional.ofNullable(server)
                .map(s -> "http://127.0.0.1:" + s.getAddress().getPort() + "/");
    }

    private static void answer(HttpExchange exchange, Supplier<String> html) throws IOException {
        try (exchange) {
            int port = exchange.getLocalAddress().getPort();
            String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
            if (!Set.of("127.0.0.1:" + port, "localhost:" + port).contains(host)) {
                send(exchange, 403, "text/plain", "this report is for this machine alone\n");
            } else if (!exchange.getRequestURI().getPath().equals("/")) {
                send(exchange, 404, "text/plain", "there is only /\n");
            } else if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, "text/plain", "this report can only be read\n");
            } else {
                send(exchange, 200, "text/html", page(html));
            }
        }
    }

    private static String page(Supplier<String> html) {
        try {
            return html.get();
        } catch (ResidualException e) {
            return "<!DOCTYPE html><title>sweep</title><p>The trials cannot be read now.</p>";
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < SAFE.length; i += 2) {
            exchange.getResponseHeaders().set(SAFE[i], SAFE[i + 1]);
        }
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }
}
