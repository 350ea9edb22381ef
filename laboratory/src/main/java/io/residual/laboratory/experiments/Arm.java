package io.residual.laboratory.experiments;

import io.residual.laboratory.experiments.training.Training;

/**
 * One of the things that an experiment compares.
 *
 * @param name unique within the experiment
 * @param training whatever its seed
 */
public record Arm(String name, Training training) {}
