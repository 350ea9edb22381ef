package io.residual.evaluation.serve;

import io.residual.data.picture.PictureException;
import io.residual.evaluation.cli.PictureLimitOptions;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.HttpStatus;

/** A request that is rejected: a status of 4xx or 5xx and the reason, for the client. */
final class RequestException extends RuntimeException {
    private final int status;

    /** Whom the options belong to: a client cannot give them. */
    private static final String OF_THE_SERVER = " of the server";

    RequestException(int status, String reason) {
        super(reason);
        this.status = status;
    }

    /** More bytes than a picture's file may have. */
    static RequestException tooLarge(int maxBytes) {
        return of(PictureException.tooManyBytes(maxBytes));
    }

    static RequestException busy() {
        return new RequestException(
                HttpStatus.SERVICE_UNAVAILABLE_503, "too many pictures at a time: try again in a second");
    }

    /** A picture that cannot be read. */
    static RequestException of(PictureException e) {
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

    /** What made a future fail, without the wrapping of later stages. */
    static Throwable rootCause(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? cause : error;
    }

    int status() {
        return status;
    }
}
