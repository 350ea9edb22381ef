package io.residual.tuning.trials;

import io.residual.core.files.IoErrors;
import io.residual.training.cli.Main;
import java.io.IOException;

/**
 * What a worker's JVM runs: the command {@code train}, as long as the sweep that started it lives.
 * The sweep holds the other end of standard input and never writes to it, so its end, however it comes, is the end of the
 * stream.
 */
final class TrialProcess {
    private TrialProcess() {}

    public static void main(String[] args) {
        Thread watch = new Thread(TrialProcess::endWithTheSweep, "sweep-watch");
        watch.setDaemon(true);
        watch.start();
        Main.main(args);
    }

    private static void endWithTheSweep() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is sent on this stream.
            }
        } catch (IOException e) {
            System.err.println("The sweep cannot be watched any more: " + IoErrors.reason(e));
        }
        // At once: a resumed sweep may want the run's directory, and the run's last checkpoint is complete.
        Runtime.getRuntime().halt(1);
    }
}
