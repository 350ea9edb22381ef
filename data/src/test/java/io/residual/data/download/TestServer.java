package io.residual.data.download;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server on this machine with files, and with faults. */
public final class TestServer implements AutoCloseable {
    /** How a file is served. */
    @FunctionalInterface
    public interface Behaviour {
        void serve(HttpExchange exchange, byte[] content) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    public TestServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI folder() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    public TestServer with(String name, byte[] content) {
        return with(name, content, TestServer::serve);
    }

    public TestServer with(String name, byte[] content, Behaviour behaviour) {
        files.put(name, content);
        behaviours.put(name, behaviour);
        return this;
    }

    /** What was asked for, as "NAME" or "NAME bytes=7-". */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String name = exchange.getRequestURI().getPath().substring(1);
            String range = exchange.getRequestHeaders().getFirst("Range");
            requests.add(range == null ? name : name + " " + range);
            Behaviour behaviour = behaviours.get(name);
            if (behaviour == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                behaviour.serve(exchange, Objects.requireNonNull(files.get(name)));
            }
        }
    }

    /** A server as it should be. */
    public static void serve(HttpExchange exchange, byte[] content) throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
    }

    /** The first request gets this many bytes of what was promised, then the connection is closed. */
    public static Behaviour cutOnceAt(int bytes) {
        return new Behaviour() {
            private boolean cut;

            @Override
            public void serve(HttpExchange exchange, byte[] content) throws IOException {
                if (cut) {
                    TestServer.serve(exchange, content);
                    return;
                }
                cut = true;
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content, 0, bytes);
                exchange.getResponseBody().flush();
            }
        };
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ((i * i) >> 3);
        }
        return bytes;
    }

    static byte[] first(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
