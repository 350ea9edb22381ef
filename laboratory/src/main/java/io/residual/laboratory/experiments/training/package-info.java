/** Trainings of networks with and without shortcuts, and what is measured in them. */
@NullMarked
package io.residual.laboratory.experiments.training;

import org.jspecify.annotations.NullMarked;
