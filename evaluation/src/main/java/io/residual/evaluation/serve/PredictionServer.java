package io.residual.evaluation.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.InvertMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
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

/** An HTTP server for a classifier's predictions. Closing it finishes the requests in progress. */
final class PredictionServer implements AutoCloseable {
    private static final int THREADS = 16;
    private static final int HEAD_BYTES = 8192;
    /** Longer than clients keep idle connections, so that the server does not close one that a request is using. */
    private static final Duration IDLE = Duration.ofSeconds(60);

    private final Server server;
    private final ServerConnector connector;
    private final PredictHandler predictions;
    private final ServeMetrics metrics;

    private PredictionServer(
            Server server, ServerConnector connector, PredictHandler predictions, ServeMetrics metrics) {
        this.server = server;
        this.connector = connector;
        this.predictions = predictions;
        this.metrics = metrics;
    }

    /**
     * Starts a server.
     *
     * @param classifier which stays the caller's to close, after the server
     * @param inversion of images if a request does not say
     * @param address port 0 takes a free one
     * @param publicUrl at which a proxy shows the server to others
     * @throws IOException if it cannot listen there
     */
    static PredictionServer start(
            Classifier classifier,
            InvertMode inversion,
            InetSocketAddress address,
            Optional<URI> publicUrl,
            ServeLimits limits)
            throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("http");
        Server server = new Server(threads);
        ServerConnector connector = connector(server, address, limits);
        PredictHandler predictions = new PredictHandler(classifier, inversion, limits);
        ServeMetrics metrics = new ServeMetrics(classifier::waiting, predictions::inFlight);
        server.addConnector(connector);
        server.addBean(connectionLimit(server, limits));
        server.setStopTimeout(limits.stopTimeout().toMillis());
        server.setErrorHandler(new JsonErrors());
        SlowClientGuard slowClients = new SlowClientGuard(
                new HostGuard(
                        new Routes(predictions, metrics, model(classifier, limits), limits.receiveTimeout()),
                        address.getAddress(),
                        publicUrl,
                        limits.receiveTimeout()),
                server.getScheduler(),
                limits.receiveTimeout(),
                connector::isShutdown);
        // Started and stopped as a handler; the connector informs it of connections.
        connector.addBean(slowClients, false);
        server.setHandler(new GracefulHandler(slowClients));
        try {
            server.start();
        } catch (Exception e) {
            predictions.close();
            var unused = stop(server);
            throw e instanceof IOException io ? io : new IOException(e);
        }
        return new PredictionServer(server, connector, predictions, metrics);
    }

    /** At the limit, idle connections must soon make room for others. */
    private static NetworkConnectionLimit connectionLimit(Server server, ServeLimits limits) {
        NetworkConnectionLimit limit = new NetworkConnectionLimit(limits.connections(), server);
        limit.setEndPointIdleTimeout(limits.receiveTimeout().toMillis());
        return limit;
    }

    private static ServerConnector connector(Server server, InetSocketAddress address, ServeLimits limits) {
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

    private static byte[] model(Classifier classifier, ServeLimits limits) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("channels", classifier.inputShape().channels());
        json.put("height", classifier.inputShape().height());
        json.put("width", classifier.inputShape().width());
        json.put("mostBytes", limits.picture().bytes());
        ArrayNode classes = json.putArray("classes");
        classifier.classNames().forEach(classes::add);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The port that it listens at. */
    int port() {
        return connector.getLocalPort();
    }

    ServeMetrics metrics() {
        return metrics;
    }

    /** How many requests for predictions are being received or answered. */
    int inFlight() {
        return predictions.inFlight();
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
    boolean stop() {
        boolean complete = stop(server);
        predictions.close();
        return complete;
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
