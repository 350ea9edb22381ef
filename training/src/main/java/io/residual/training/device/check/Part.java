package io.residual.training.device.check;

import java.io.IOException;

/** A part of the check. */
@FunctionalInterface
interface Part {
    /**
     * Runs it.
     *
     * @return whether the device passed
     */
    boolean run(CheckSession session) throws IOException;
}
