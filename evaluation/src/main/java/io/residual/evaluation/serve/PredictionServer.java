package io.residual.evaluation.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.core.ResidualException;
import io.residual.evaluation.http.Access;
import io.residual.evaluation.http.PageServer;
import io.residual.evaluation.http.Responses;
import io.residual.evaluation.http.Routes;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.InvertMode;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** An HTTP server for a classifier's predictions. Closing it finishes the requests in progress. */
final class PredictionServer implements AutoCloseable {
    /** Where images are sent to. */
    static final String PREDICT = "/predict";

    private final PageServer server;
    private final PredictHandler predictions;
    private final ServeMetrics metrics;

    private PredictionServer(PageServer server, PredictHandler predictions, ServeMetrics metrics) {
        this.server = server;
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
     * @throws ResidualException of kind BAD_ADDRESS if it cannot listen there
     */
    static PredictionServer start(
            Classifier classifier,
            InvertMode inversion,
            InetSocketAddress address,
            Optional<URI> publicUrl,
            ServeLimits limits) {
        PredictHandler predictions = new PredictHandler(classifier, inversion, limits);
        ServeMetrics metrics = new ServeMetrics(classifier::waiting, predictions::inFlight);
        Routes routes = new Routes(
                        "POST a picture to /predict; GET /, /model, /metrics or /healthz",
                        limits.receiveTimeout(),
                        metrics::follow)
                .on(
                        "POST",
                        PREDICT,
                        (request, response, callback) -> predictions.answer(request, response, callback, metrics))
                .on(
                        "GET",
                        "/metrics",
                        (request, response, callback) ->
                                Responses.write(response, callback, metrics.contentType(), metrics.text()))
                .get("/healthz", "text/plain; charset=utf-8", "ok\n".getBytes(StandardCharsets.UTF_8))
                .get("/model", "application/json", model(classifier, limits))
                .page(PredictionServer.class);
        try {
            PageServer server = PageServer.start(
                    routes,
                    new Access(address, publicUrl, ": behind a proxy, start it with --public-url"),
                    limits.server());
            return new PredictionServer(server, predictions, metrics);
        } catch (ResidualException e) {
            predictions.close();
            throw e;
        }
    }

    private static byte[] model(Classifier classifier, ServeLimits limits) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("channels", classifier.inputShape().channels());
        json.put("height", classifier.inputShape().height());
        json.put("width", classifier.inputShape().width());
        json.put("mostBytes", limits.picture().bytes());
        classifier.limitation().ifPresent(text -> json.put("limitation", text));
        ArrayNode classes = json.putArray("classes");
        classifier.classNames().forEach(classes::add);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The port that it listens at. */
    int port() {
        return server.port();
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
        boolean complete = server.stop();
        predictions.close();
        return complete;
    }
}
