package io.residual.training.cli;

import java.time.Duration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The maximum time from the request to end until the process ends, however long a step takes. */
public final class SaveDeadline {
    private static final Logger LOG = LogManager.getLogger(SaveDeadline.class);
    /** Service managers and clusters allow 10 seconds or more before they kill. */
    private static final Duration MAX = Duration.ofSeconds(9);

    private SaveDeadline() {}

    /** Starts the countdown, and says so in the log. */
    public static void start(String reason) {
        LOG.info("{}: saving after this step; a second signal ends the process at once", reason);
        Thread limit = new Thread(SaveDeadline::enforce, "residual-save-deadline");
        limit.setDaemon(true);
        limit.start();
    }

    private static void enforce() {
        try {
            Thread.sleep(MAX.toMillis());
        } catch (InterruptedException e) {
            return;
        }
        LOG.info("The step takes too long: ending without it; the run can be resumed from its last checkpoint");
        LogManager.shutdown();
        Runtime.getRuntime().halt(ExitStatus.INTERRUPTED.code());
    }
}
