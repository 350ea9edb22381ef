/** Trainings of which experiments are made: what is trained, what is measured, and what of it is kept. */
@NullMarked
package io.residual.laboratory.bench;

import org.jspecify.annotations.NullMarked;
