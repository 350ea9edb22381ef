package io.residual.evaluation.serve;

import io.residual.data.picture.PictureLimits;
import io.residual.evaluation.http.PageServer;
import java.time.Duration;

/**
 * Limits of the server, for all clients together and for each. What exceeds a limit is rejected with a reason.
 *
 * @param picture of one picture
 * @param requests maximum number of images being received, decoded and classified at a time, at least 1
 * @param connections maximum number of open connections, at least 1; more wait to be accepted
 * @param receiveTimeout maximum time from the first byte of a request to its last, and then to wait for memory to decode
 * @param stopTimeout maximum time to finish the requests in progress when the server stops
 */
record ServeLimits(
        PictureLimits picture, int requests, int connections, Duration receiveTimeout, Duration stopTimeout) {
    /** A client does not wait as long as a user of predict. */
    private static final Duration DECODING = Duration.ofSeconds(10);

    /** Memory is bounded beside these, by what bodies and pictures take. */
    static final ServeLimits DEFAULT = new ServeLimits(
            PictureLimits.DEFAULT.withDecoding(DECODING), 32, 256, Duration.ofSeconds(10), Duration.ofSeconds(20));

    ServeLimits {
        if (!(requests >= 1 && connections >= 1)) {
            throw new IllegalArgumentException(
                    "limits must be at least 1, got " + requests + " requests, " + connections + " connections");
        }
        if (receiveTimeout.isNegative() || receiveTimeout.isZero() || stopTimeout.isNegative()) {
            throw new IllegalArgumentException(
                    "limits must be positive, got " + receiveTimeout + " and " + stopTimeout);
        }
    }

    /** The same limits of a picture as elsewhere, but decoded faster. */
    ServeLimits withPictures(PictureLimits limits) {
        return new ServeLimits(limits.withDecoding(DECODING), requests, connections, receiveTimeout, stopTimeout);
    }

    ServeLimits withRequests(int count) {
        return new ServeLimits(picture, count, connections, receiveTimeout, stopTimeout);
    }

    /** Those of the server itself. */
    PageServer.Limits server() {
        return new PageServer.Limits(connections, receiveTimeout, stopTimeout);
    }
}
