package io.residual.evaluation.serve;

import io.residual.data.picture.DecodingBudget;
import io.residual.data.picture.PictureException;
import io.residual.evaluation.cli.PictureLimitOptions;
import io.residual.evaluation.http.BodyReader;
import io.residual.evaluation.http.RequestException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.ComplianceViolation;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartCompliance;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Promise;

/** Reads image files from requests: the body itself, or the file of a form. */
final class PictureUpload {
    private static final Pattern FORM = Pattern.compile("(?i)\\s*multipart/form-data\\s*(;.*)?");
    private static final Pattern BOUNDARY =
            Pattern.compile("(?i);\\s*boundary\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)+)\"|([^\\s;\"]+))");
    /** A form's boundaries and the headers of its parts. */
    private static final int FORM_BYTES = 4096;

    private static final int MAX_PARTS = 8;
    /** Of the heap, for bodies being received. A body is copied once when it is complete. */
    private static final double SHARE = 0.2;

    private static final int COPIES = 2;
    /** Whom the options belong to: a client cannot give them. */
    private static final String OF_THE_SERVER = " of the server";

    private final int maxBytes;
    private final Duration receiveTimeout;
    private final DecodingBudget memory =
            new DecodingBudget((long) (SHARE * Runtime.getRuntime().maxMemory()));

    /** @param maxBytes of an image file */
    PictureUpload(int maxBytes, Duration receiveTimeout) {
        this.maxBytes = maxBytes;
        this.receiveTimeout = receiveTimeout;
    }

    /**
     * The body; fails with a {@link RequestException} if it is too large or too slow.
     *
     * @throws RequestException if other bodies need the memory
     */
    CompletableFuture<byte[]> body(Request request) {
        int max = maxBytes + FORM_BYTES;
        long length = request.getLength();
        if (length > max) {
            throw tooLarge();
        }
        DecodingBudget.Lease lease = lease(Math.max(1, COPIES * (length < 0 ? max : length)));
        Request.addCompletionListener(request, error -> lease.close());
        return BodyReader.read(request, max, receiveTimeout).handle((body, error) -> {
            if (error != null) {
                throw rejection(RequestException.rootCause(error));
            }
            return body.orElseThrow(this::tooLarge);
        });
    }

    private DecodingBudget.Lease lease(long bytes) {
        try {
            return memory.tryReserve(bytes).orElseThrow(PictureUpload::busy);
        } catch (PictureException e) {
            throw new RequestException(HttpStatus.PAYLOAD_TOO_LARGE_413, String.valueOf(e.getMessage()));
        }
    }

    private RequestException rejection(Throwable error) {
        return error instanceof TimeoutException
                ? new RequestException(
                        HttpStatus.REQUEST_TIMEOUT_408,
                        "the picture did not come within " + receiveTimeout.toSeconds() + " s: send a smaller one")
                : new RequestException(HttpStatus.BAD_REQUEST_400, "the body could not be read to its end");
    }

    /** More bytes than a picture's file may have. */
    private RequestException tooLarge() {
        return unreadable(PictureException.tooManyBytes(maxBytes));
    }

    static RequestException busy() {
        return new RequestException(
                HttpStatus.SERVICE_UNAVAILABLE_503, "too many pictures at a time: try again in a second");
    }

    /** A picture that cannot be read. */
    static RequestException unreadable(PictureException e) {
        return new RequestException(
                switch (e.reason()) {
                    case FORMAT -> HttpStatus.UNSUPPORTED_MEDIA_TYPE_415;
                    case BYTES, PIXELS, LIMIT -> HttpStatus.PAYLOAD_TOO_LARGE_413;
                    case DAMAGED -> HttpStatus.UNPROCESSABLE_ENTITY_422;
                },
                e.message(
                        PictureLimitOptions.MAX_FILE_MEGABYTES + OF_THE_SERVER,
                        PictureLimitOptions.MAX_MEGAPIXELS + OF_THE_SERVER));
    }

    /**
     * The image file in a body.
     *
     * @throws RequestException if there is none, or the form cannot be read
     */
    static byte[] file(Request request, byte[] body) {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        byte[] file = type != null && FORM.matcher(type).matches() ? fileOf(type, body) : body;
        if (file.length == 0) {
            throw new RequestException(
                    HttpStatus.BAD_REQUEST_400, "no picture: send one as the body, or as the file of a form");
        }
        return file;
    }

    private static byte[] fileOf(String type, byte[] body) {
        // Not Jetty's own reading of the header: it takes quotes for a part of the boundary.
        Matcher boundary = BOUNDARY.matcher(type);
        if (!boundary.find()) {
            throw new RequestException(HttpStatus.BAD_REQUEST_400, "a form without a boundary in its Content-Type");
        }
        String text = boundary.group(1) == null
                ? boundary.group(2)
                : boundary.group(1).replaceAll("\\\\(.)", "$1");
        // Old clients end lines with LF alone.
        @SuppressWarnings("deprecation") // what replaces it takes the boundary from the header, as it stands there
        MultiPartFormData.Parser parser =
                new MultiPartFormData.Parser(text, MultiPartCompliance.LEGACY, ComplianceViolation.Listener.NOOP);
        // Everything is in memory already: nothing is written to the disk.
        parser.setMaxMemoryFileSize(-1);
        parser.setMaxParts(MAX_PARTS);
        parser.setPartHeadersMaxLength(FORM_BYTES);
        CompletableFuture<MultiPartFormData.Parts> form = new CompletableFuture<>();
        try {
            parser.parse(Content.Source.from(ByteBuffer.wrap(body)), Promise.Invocable.toPromise(form));
            try (MultiPartFormData.Parts parts = form.join()) {
                for (MultiPart.Part part : parts) {
                    if (isFile(part)) {
                        ByteBuffer content = Content.Source.asByteBuffer(part.getContentSource());
                        byte[] file = new byte[content.remaining()];
                        content.get(file);
                        return file;
                    }
                }
            }
        } catch (CompletionException | IllegalArgumentException | IllegalStateException | IOException e) {
            throw new RequestException(HttpStatus.BAD_REQUEST_400, "a form that cannot be read");
        }
        throw new RequestException(HttpStatus.BAD_REQUEST_400, "a form without a file");
    }

    /** Some clients give a file no name, but the type of an image. */
    private static boolean isFile(MultiPart.Part part) {
        String type = part.getHeaders().get(HttpHeader.CONTENT_TYPE);
        String disposition = String.valueOf(part.getHeaders().get("Content-Disposition"));
        return part.getFileName() != null
                || disposition.contains("filename*=")
                || (type != null && type.startsWith("image/"));
    }
}
