package io.residual.evaluation.serve;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** Metrics of a server, for Prometheus. */
final class ServeMetrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter received = Counter.builder()
            .name("residual_requests_received_total")
            .help("Requests whose header was received")
            .register(registry);
    private final Counter answered = Counter.builder()
            .name("residual_requests_answered_total")
            .help("Answers that were written completely")
            .labelNames("path", "status")
            .register(registry);
    private final Counter failed = Counter.builder()
            .name("residual_requests_failed_total")
            .help("Answers that could not be written completely, mostly because the client had disconnected")
            .register(registry);
    private final Counter predictions = Counter.builder()
            .name("residual_predictions_total")
            .help("Predictions by the most likely class")
            .labelNames("class")
            .register(registry);
    private final Counter abstained = Counter.builder()
            .name("residual_abstained_total")
            .help("Predictions of no class, because none was probable enough")
            .register(registry);
    private final Histogram seconds = Histogram.builder()
            .name("residual_predict_seconds")
            .help("Time from the header of a request for a prediction to the end of its answer")
            .classicOnly()
            .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
            .register(registry);

    /**
     * Metrics that start at 0.
     *
     * @param waiting how many pictures wait for the network
     * @param inFlight how many requests for predictions are being received or answered
     */
    ServeMetrics(IntSupplier waiting, IntSupplier inFlight) {
        gauge("residual_pictures_waiting", "Decoded pictures that wait for the network", waiting);
        gauge("residual_predictions_under_way", "Requests for predictions being received or answered", inFlight);
    }

    private void gauge(String name, String help, IntSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsInt()))
                .register(registry);
    }

    /**
     * Counts a request now and its answer when it is over.
     *
     * @param path of a route of this server, or one word for all others, so that clients cannot create series
     */
    void follow(Request request, Response response, String path) {
        received.inc();
        long start = request.getHeadersNanoTime();
        Request.addCompletionListener(request, error -> {
            // Answered before the client's body was read to its end, as when it is too large.
            if (error == null || response.hasLastWrite()) {
                answered.labelValues(path, String.valueOf(response.getStatus())).inc();
            } else {
                failed.inc();
            }
            if (path.equals(PredictionServer.PREDICT)) {
                seconds.observe((System.nanoTime() - start) * 1e-9);
            }
        });
    }

    /** @param className empty if the prediction abstained */
    void predicted(Optional<String> className) {
        className.ifPresentOrElse(name -> predictions.labelValues(name).inc(), abstained::inc);
    }

    /** How many answers were written completely. */
    long answered() {
        return Math.round(received.get() - failed.get());
    }

    /** How many answers could not be written completely. */
    long failed() {
        return Math.round(failed.get());
    }

    /** All metrics in Prometheus' text format. */
    byte[] text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape(), EscapingScheme.ALLOW_UTF8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    String contentType() {
        return PrometheusTextFormatWriter.CONTENT_TYPE;
    }
}
