package io.residual.evaluation.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.data.picture.Picture;
import io.residual.evaluation.explain.Bitmaps;
import io.residual.evaluation.explain.HeatGrid;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.InvertMode;
import io.residual.evaluation.predict.Prediction;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/** Answers POST /predict. No thread waits for a client or for the network. */
final class PredictHandler implements AutoCloseable {
    /** A decoded image is large, so their number does not grow with the number of processors. */
    private static final int DECODERS = 2;

    private final Classifier classifier;
    private final InvertMode inversion;
    private final PictureUpload pictures;
    private final int maxRequests;
    private final Semaphore permits;
    private final ThreadPoolExecutor decoders;

    /** @param inversion if a request does not say */
    PredictHandler(Classifier classifier, InvertMode inversion, ServeLimits limits) {
        this.classifier = classifier;
        this.inversion = inversion;
        this.pictures = new PictureUpload(classifier.decoder(), limits.receiveTimeout());
        this.maxRequests = limits.requests();
        this.permits = new Semaphore(maxRequests);
        this.decoders = new ThreadPoolExecutor(
                DECODERS, DECODERS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(limits.requests()), task -> {
                    Thread thread = new Thread(task, "decoder");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** How many requests are being received or answered. */
    int inFlight() {
        return maxRequests - permits.availablePermits();
    }

    /**
     * Answers a request when its image was received and classified.
     *
     * @param metrics that count predictions
     * @throws RequestException if the parameters are invalid, or there are too many requests at a time
     */
    void answer(Request request, Response response, Callback callback, ServeMetrics metrics) {
        PredictParameters parameters = PredictParameters.of(request, inversion);
        if (!permits.tryAcquire()) {
            throw busy();
        }
        Request.addCompletionListener(request, error -> permits.release());
        // Both outcomes are answered at the end of the chain, so that no thread waits.
        var unused = pictures.body(request)
                .thenApplyAsync(body -> pictures.picture(request, body), decoders)
                .thenCompose(picture -> classify(picture, parameters))
                .whenComplete((json, error) -> {
                    if (error == null) {
                        metrics.predicted(json.get("class").textValue());
                        Responses.json(response, callback, json);
                    } else {
                        respondWithError(RequestException.rootCause(error), response, callback);
                    }
                });
    }

    private CompletableFuture<ObjectNode> classify(Picture picture, PredictParameters parameters) {
        CompletableFuture<Prediction> prediction = classifier.submit(picture, parameters.inversion());
        return parameters.explained()
                // On a decoder's thread: the network's own must not wait for a map.
                ? prediction.thenApplyAsync(p -> explained(picture, p, parameters), decoders)
                : prediction.thenApply(Prediction::toJson);
    }

    private ObjectNode explained(Picture picture, Prediction prediction, PredictParameters parameters) {
        ObjectNode json = prediction.toJson();
        HeatGrid heat = classifier.heatMap(
                picture, parameters.inversion(), classifier.classNames().indexOf(prediction.className()));
        ObjectNode map = json.putObject("heatMap");
        map.put("rows", heat.rows()).put("columns", heat.columns());
        ArrayNode cells = map.putArray("shares");
        float max = heat.max();
        for (int row = 0; row < heat.rows(); row++) {
            for (int column = 0; column < heat.columns(); column++) {
                cells.add(max == 0 ? 0 : heat.at(row, column) / max);
            }
        }
        byte[] png = Bitmaps.png(classifier.networkInput(picture, parameters.inversion()));
        json.put("input", "data:image/png;base64," + Base64.getEncoder().encodeToString(png));
        return json;
    }

    private static void respondWithError(Throwable error, Response response, Callback callback) {
        if (error instanceof RequestException refusal) {
            Responses.reject(response, callback, refusal);
        } else if (error instanceof RejectedExecutionException) {
            Responses.reject(response, callback, busy());
        } else {
            callback.failed(error);
        }
    }

    private static RequestException busy() {
        return new RequestException(
                HttpStatus.SERVICE_UNAVAILABLE_503, "too many pictures at a time: try again in a second");
    }

    @Override
    public void close() {
        decoders.shutdown();
    }

    /**
     * The parameters of a request besides its image.
     *
     * @param explained with the heat map and the input of the network
     */
    private record PredictParameters(InvertMode inversion, boolean explained) {
        static PredictParameters of(Request request, InvertMode defaultMode) {
            Fields query = Request.extractQueryParameters(request);
            String invert = query.getValue("invert");
            InvertMode inversion = invert == null
                    ? defaultMode
                    : Arrays.stream(InvertMode.values())
                            .filter(value -> value.toString().equals(invert))
                            .findFirst()
                            .orElseThrow(() -> new RequestException(
                                    HttpStatus.BAD_REQUEST_400, "invert: expected no, yes or auto"));
            String explain = query.getValue("explain");
            if (explain != null && !explain.equals("yes") && !explain.equals("no")) {
                throw new RequestException(HttpStatus.BAD_REQUEST_400, "explain: expected yes or no");
            }
            return new PredictParameters(inversion, "yes".equals(explain));
        }
    }
}
