package io.residual.evaluation.http;

import java.util.concurrent.CompletionException;

/** A request that is rejected: a status of 4xx or 5xx and the reason, for the client. */
public final class RequestException extends RuntimeException {
    private final int status;

    public RequestException(int status, String reason) {
        super(reason);
        this.status = status;
    }

    /** What made a future fail, without the wrapping of later stages. */
    public static Throwable rootCause(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? cause : error;
    }

    public int status() {
        return status;
    }
}
