package io.residual.tuning.sweep;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write them: 90s, 35m, 2h, 1h30m. */
public final class TimeSpan {
    private static final Pattern GRAMMAR = Pattern.compile("(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?");

    private TimeSpan() {}

    /**
     * Reads a span.
     *
     * @throws IllegalArgumentException if the text is no span above 0
     */
    public static Duration parse(String text) {
        Matcher parts = GRAMMAR.matcher(text);
        if (parts.matches()) {
            Duration span =
                    Duration.ofHours(part(parts, 1)).plusMinutes(part(parts, 2)).plusSeconds(part(parts, 3));
            if (!span.isZero()) {
                return span;
            }
        }
        throw new IllegalArgumentException("expected a time such as 90s, 35m, 2h or 1h30m, got \"" + text + "\"");
    }

    private static long part(Matcher parts, int group) {
        String digits = parts.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
