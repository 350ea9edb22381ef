package io.residual.tuning.trials;

import java.nio.file.Path;

/**
 * One seed's run of a trial, to train or to go on with.
 *
 * @param specFile the trial's spec
 * @param seed in place of the spec's
 * @param run the run's directory; it is made if it is not there
 * @param log what the worker says goes to the end of this file
 * @param epochs that the run has when it is over
 * @param known epochs that the sweep has seen already: they are not told again
 */
public record TrialJob(Path specFile, long seed, Path run, Path log, int epochs, int known) {}
