package io.residual.evaluation.http;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** An HTTP server that serves routes. Closing it finishes the requests in progress. */
public final class PageServer implements AutoCloseable {
    private static final int THREADS = 16;
    private static final int HEAD_BYTES = 8192;
    /** Longer than clients keep idle connections, so that the server does not close one that a request is using. */
    private static final Duration IDLE = Duration.ofSeconds(60);

    private final Server server;
    private final ServerConnector connector;

    /**
     * Limits of a server, for all clients together and for each.
     *
     * @param connections maximum number of open connections, at least 1; more wait to be accepted
     * @param receiveTimeout maximum time from the first byte of a request to its last
     * @param stopTimeout maximum time to finish the requests in progress when the server stops
     */
    public record Limits(int connections, Duration receiveTimeout, Duration stopTimeout) {}

    private PageServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts a server.
     *
     * @throws ResidualException of kind BAD_ADDRESS if it cannot listen there
     */
    public static PageServer start(Routes routes, Access access, Limits limits) {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("http");
        Server server = new Server(threads);
        ServerConnector connector = connector(server, access.address(), limits);
        server.addConnector(connector);
        server.addBean(connectionLimit(server, limits));
        server.setStopTimeout(limits.stopTimeout().toMillis());
        server.setErrorHandler(new JsonErrors());
        SlowClientGuard slowClients = new SlowClientGuard(
                new HostGuard(routes, access, limits.receiveTimeout()),
                server.getScheduler(),
                limits.receiveTimeout(),
                connector::isShutdown);
        // Started and stopped as a handler; the connector informs it of connections.
        connector.addBean(slowClients, false);
        server.setHandler(new GracefulHandler(slowClients));
        try {
            server.start();
        } catch (Exception e) {
            var unused = stop(server);
            throw cannotListen(access.address(), e);
        }
        return new PageServer(server, connector);
    }

    /**
     * Makes sure that a server could listen there now.
     *
     * @throws ResidualException of kind BAD_ADDRESS if not
     */
    public static void requireFree(InetSocketAddress address) {
        try {
            new ServerSocket(address.getPort(), 1, address.getAddress()).close();
        } catch (IOException e) {
            throw cannotListen(address, e);
        }
    }

    private static ResidualException cannotListen(InetSocketAddress address, Exception e) {
        IOException reason = e instanceof IOException io ? io : new IOException(e);
        // Jetty's own message repeats the address.
        return new ResidualException(
                Kind.BAD_ADDRESS,
                host(address.getAddress()) + ":" + address.getPort() + ": cannot listen there ("
                        + IoErrors.reason(reason.getCause() instanceof IOException cause ? cause : reason)
                        + "), as if another program used it.",
                e);
    }

    /** As a URL has it. */
    public static String host(InetAddress address) {
        String text = address.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    /** At the limit, idle connections must soon make room for others. */
    private static NetworkConnectionLimit connectionLimit(Server server, Limits limits) {
        NetworkConnectionLimit limit = new NetworkConnectionLimit(limits.connections(), server);
        limit.setEndPointIdleTimeout(limits.receiveTimeout().toMillis());
        return limit;
    }

    private static ServerConnector connector(Server server, InetSocketAddress address, Limits limits) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEAD_BYTES);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        InetAddress host = address.getAddress();
        connector.setHost(host.getHostAddress());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(IDLE.toMillis());
        // An upload may pause while the server stops; the guard closes connections without a request meanwhile.
        connector.setShutdownIdleTimeout(limits.receiveTimeout().toMillis());
        return connector;
    }

    /** The port that it listens at. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Stops without waiting for more than the requests in progress. */
    @Override
    public void close() {
        var unused = stop();
    }

    /**
     * Accepts no more requests, and answers those received.
     *
     * @return false if some could not be answered in the time for that
     */
    public boolean stop() {
        return stop(server);
    }

    private static boolean stop(Server server) {
        try {
            server.stop();
            return true;
        } catch (Exception e) {
            // Jetty has closed what was still open.
            return false;
        }
    }

    /** Jetty's own errors, such as for a malformed header, in the form of this server's. No stack trace leaves it. */
    private static final class JsonErrors extends ErrorHandler {
        @Override
        protected void generateResponse(
                Request request,
                Response response,
                int code,
                String message,
                @Nullable Throwable cause,
                Callback callback) {
            Responses.json(
                    response, callback, Responses.error(code >= 500 ? "an internal error of the server" : message));
        }
    }
}
