package io.residual.laboratory.experiment;

import io.residual.laboratory.bench.Training;

/**
 * One of the things that an experiment compares.
 *
 * @param name unique within the experiment
 * @param training whatever its seed
 */
public record Arm(String name, Training training) {}
