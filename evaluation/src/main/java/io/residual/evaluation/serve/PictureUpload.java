package io.residual.evaluation.serve;

import io.residual.data.picture.Picture;
import io.residual.data.picture.PictureDecoder;
import io.residual.data.picture.PictureException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/** Reads images from requests: the body itself, or the file of a form. */
final class PictureUpload {
    private static final String FORM = "multipart/form-data";
    /** A form's boundaries and the headers of its parts. */
    private static final int FORM_BYTES = 4096;

    private static final int MAX_PARTS = 8;

    private final PictureDecoder decoder;
    private final Duration receiveTimeout;

    PictureUpload(PictureDecoder decoder, Duration receiveTimeout) {
        this.decoder = decoder;
        this.receiveTimeout = receiveTimeout;
    }

    /** The body, without holding a thread while it is received; fails with a {@link RequestException} if it is too large or too slow. */
    CompletableFuture<byte[]> body(Request request) {
        int max = decoder.limits().bytes() + FORM_BYTES;
        long elapsed = System.nanoTime() - request.getBeginNanoTime();
        long nanosLeft = Math.max(1, receiveTimeout.toNanos() - elapsed);
        if (request.getLength() > max) {
            return discarded(request, nanosLeft).handle((nothing, late) -> {
                throw tooLarge();
            });
        }
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        Content.Source.asByteArrayAsync(request, max, Promise.Invocable.toPromise(body));
        return body.orTimeout(nanosLeft, TimeUnit.NANOSECONDS).exceptionally(error -> {
            throw refusal(RequestException.rootCause(error));
        });
    }

    /** Reads the rest and discards it: closing a connection while the client still sends loses the answer. */
    private static CompletableFuture<Void> discarded(Request request, long nanosLeft) {
        return Callback.Completable.with(end -> Content.Source.consumeAll(request, end))
                .orTimeout(nanosLeft, TimeUnit.NANOSECONDS);
    }

    private RequestException refusal(Throwable error) {
        if (error instanceof TimeoutException) {
            return new RequestException(
                    HttpStatus.REQUEST_TIMEOUT_408,
                    "the picture did not come within " + receiveTimeout.toSeconds() + " s: send a smaller one");
        }
        // Jetty's error if the content is longer than the buffer may be.
        if (error instanceof IllegalStateException) {
            return tooLarge();
        }
        return new RequestException(HttpStatus.BAD_REQUEST_400, "the body could not be read to its end");
    }

    private RequestException tooLarge() {
        return new RequestException(
                HttpStatus.PAYLOAD_TOO_LARGE_413,
                String.format(
                        Locale.ROOT,
                        "larger than %,d bytes: reduce the picture",
                        decoder.limits().bytes()));
    }

    /**
     * Decodes the picture of a body.
     *
     * @throws RequestException if there is none, or it cannot be read
     */
    Picture picture(Request request, byte[] body) {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        byte[] file = type != null && type.toLowerCase(Locale.ROOT).startsWith(FORM) ? fileOf(type, body) : body;
        if (file.length == 0) {
            throw new RequestException(
                    HttpStatus.BAD_REQUEST_400, "no picture: send one as the body, or as the file of a form");
        }
        try {
            return decoder.decode(file);
        } catch (PictureException e) {
            throw new RequestException(
                    switch (e.reason()) {
                        case FORMAT -> HttpStatus.UNSUPPORTED_MEDIA_TYPE_415;
                        case BYTES, PIXELS, LIMIT -> HttpStatus.PAYLOAD_TOO_LARGE_413;
                        case DAMAGED -> HttpStatus.UNPROCESSABLE_ENTITY_422;
                    },
                    String.valueOf(e.getMessage()));
        }
    }

    private static byte[] fileOf(String type, byte[] body) {
        String boundary = MultiPart.extractBoundary(type);
        if (boundary == null) {
            throw new RequestException(HttpStatus.BAD_REQUEST_400, "a form without a boundary in its Content-Type");
        }
        MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
        // Everything is in memory already: nothing is written to the disk.
        parser.setMaxMemoryFileSize(-1);
        parser.setMaxParts(MAX_PARTS);
        parser.setPartHeadersMaxLength(FORM_BYTES);
        CompletableFuture<MultiPartFormData.Parts> form = new CompletableFuture<>();
        parser.parse(Content.Source.from(ByteBuffer.wrap(body)), Promise.Invocable.toPromise(form));
        try (MultiPartFormData.Parts parts = form.join()) {
            for (MultiPart.Part part : parts) {
                if (part.getFileName() != null) {
                    ByteBuffer content = Content.Source.asByteBuffer(part.getContentSource());
                    byte[] file = new byte[content.remaining()];
                    content.get(file);
                    return file;
                }
            }
        } catch (CompletionException | IOException e) {
            throw new RequestException(HttpStatus.BAD_REQUEST_400, "a form that cannot be read");
        }
        throw new RequestException(HttpStatus.BAD_REQUEST_400, "a form without a file");
    }
}
