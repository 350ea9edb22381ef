package io.residual.evaluation.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes answers with the headers that all of them have. No answer allows another origin to read it (CORS). */
public final class Responses {
    private static final String JSON = "application/json";

    /** Only this server's own files: no other host, no inline script or style, no frame around the page. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'";

    private Responses() {}

    public static void write(Response response, Callback callback, String type, byte[] content) {
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, type);
        headers.put(HttpHeader.CONTENT_LENGTH, content.length);
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.put("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        response.write(true, ByteBuffer.wrap(content), callback);
    }

    public static void json(Response response, Callback callback, ObjectNode json) {
        write(response, callback, JSON, (json + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The reason as JSON, after the rest of the request was read.
     *
     * @param timeout from the first byte of the request on; what has not come by then is not read
     */
    public static void reject(
            Request request, Response response, Callback callback, RequestException rejection, Duration timeout) {
        CompletableFuture<?> read = rejection.status() == HttpStatus.REQUEST_TIMEOUT_408
                ? CompletableFuture.failedFuture(rejection)
                : BodyReader.read(request, 0, timeout);
        var unused = read.whenComplete((body, error) -> {
            response.setStatus(rejection.status());
            if (rejection.status() == HttpStatus.SERVICE_UNAVAILABLE_503) {
                response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
            }
            if (error != null) {
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            json(response, callback, error(String.valueOf(rejection.getMessage())));
        });
    }

    static ObjectNode error(String reason) {
        return JsonNodeFactory.instance.objectNode().put("error", reason);
    }
}
