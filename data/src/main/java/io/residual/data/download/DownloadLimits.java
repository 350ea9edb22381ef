package io.residual.data.download;

import java.time.Duration;

/**
 * What a download may take.
 *
 * @param connect until the connection stands
 * @param stall without a byte, before and within the response
 * @param maxBytes of one file as it is transferred
 * @param attempts on one mirror; each starts the file again
 */
public record DownloadLimits(Duration connect, Duration stall, long maxBytes, int attempts) {
    public DownloadLimits {
        if (connect.isNegative() || connect.isZero() || stall.isNegative() || stall.isZero()) {
            throw new IllegalArgumentException("time-outs are positive, not " + connect + " and " + stall);
        }
        if (maxBytes < 1 || attempts < 1) {
            throw new IllegalArgumentException(
                    "at least one byte and one attempt are needed, not " + maxBytes + " and " + attempts);
        }
    }
}
