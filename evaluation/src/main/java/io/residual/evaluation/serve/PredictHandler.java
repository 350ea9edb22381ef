package io.residual.evaluation.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.data.picture.DecodingBudget;
import io.residual.data.picture.Picture;
import io.residual.data.picture.PictureDecoder;
import io.residual.data.picture.PictureException;
import io.residual.evaluation.explain.Bitmaps;
import io.residual.evaluation.explain.HeatGrid;
import io.residual.evaluation.http.RequestException;
import io.residual.evaluation.http.Responses;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.InvertMode;
import io.residual.evaluation.predict.Prediction;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
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
    private final PictureUpload uploads;
    private final ServeLimits limits;
    private final Semaphore permits;
    private final ThreadPoolExecutor decoders;

    /** @param inversion if a request does not say */
    PredictHandler(Classifier classifier, InvertMode inversion, ServeLimits limits) {
        this.classifier = classifier;
        this.inversion = inversion;
        this.uploads = new PictureUpload(classifier.decoder().limits().bytes(), limits.receiveTimeout());
        this.limits = limits;
        this.permits = new Semaphore(limits.requests());
        this.decoders = new ThreadPoolExecutor(
                DECODERS, DECODERS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(limits.requests()), task -> {
                    Thread thread = new Thread(task, "decoder");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** How many requests are being received or answered. */
    int inFlight() {
        return limits.requests() - permits.availablePermits();
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
            throw PictureUpload.busy();
        }
        Request.addCompletionListener(request, error -> permits.release());
        // Both outcomes are answered at the end of the chain, so that no thread waits.
        var unused = uploads.body(request)
                .thenApplyAsync(body -> submit(PictureUpload.file(request, body), parameters), decoders)
                .thenCompose(this::json)
                .whenComplete((json, error) -> {
                    if (error == null) {
                        metrics.predicted(Optional.ofNullable(json.get("class").textValue()));
                        Responses.json(response, callback, json);
                    } else {
                        respondWithError(RequestException.rootCause(error), request, response, callback);
                    }
                });
    }

    /**
     * A prediction to come.
     *
     * @param seen the input of the network, if it is to be explained: the decoded image, which is far larger, is not kept
     */
    private record Submitted(CompletableFuture<Prediction> prediction, Optional<Picture> seen) {}

    private Submitted submit(byte[] file, PredictParameters parameters) {
        PictureDecoder decoder = classifier.decoder();
        try (DecodingBudget.Lease lease = decoder.budget()
                .tryReserve(decoder.header(file).decodingBytes(), limits.receiveTimeout())
                .orElseThrow(PictureUpload::busy)) {
            Picture picture = decoder.decode(file, lease);
            return new Submitted(
                    classifier.submit(picture, parameters.inversion()),
                    parameters.explained()
                            ? Optional.of(classifier.networkInput(picture, parameters.inversion()))
                            : Optional.empty());
        } catch (PictureException e) {
            throw PictureUpload.unreadable(e);
        }
    }

    private CompletableFuture<ObjectNode> json(Submitted submitted) {
        return submitted
                .seen()
                // On a decoder's thread: the network's own must not wait for a map.
                .map(seen -> submitted.prediction().thenApplyAsync(p -> explained(seen, p), decoders))
                .orElseGet(() -> submitted.prediction().thenApply(Prediction::toJson));
    }

    /** @param seen inverted already, if the prediction is of the inverted image */
    private ObjectNode explained(Picture seen, Prediction prediction) {
        ObjectNode json = prediction.toJson();
        HeatGrid heat =
                classifier.heatMap(seen, InvertMode.NO, classifier.classNames().indexOf(prediction.className()));
        ObjectNode map = json.putObject("heatMap");
        map.put("rows", heat.rows()).put("columns", heat.columns());
        ArrayNode cells = map.putArray("shares");
        float max = heat.max();
        for (int row = 0; row < heat.rows(); row++) {
            for (int column = 0; column < heat.columns(); column++) {
                cells.add(max == 0 ? 0 : heat.at(row, column) / max);
            }
        }
        json.put("input", "data:image/png;base64," + Base64.getEncoder().encodeToString(Bitmaps.png(seen)));
        return json;
    }

    private void respondWithError(Throwable error, Request request, Response response, Callback callback) {
        if (error instanceof RequestException rejection) {
            Responses.reject(request, response, callback, rejection, limits.receiveTimeout());
        } else if (error instanceof RejectedExecutionException) {
            Responses.reject(request, response, callback, PictureUpload.busy(), limits.receiveTimeout());
        } else {
            callback.failed(error);
        }
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
