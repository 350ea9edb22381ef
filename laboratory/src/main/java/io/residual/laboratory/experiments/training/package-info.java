/** Networks with shortcuts and without, beside each other: what experiments on them have in common. */
@NullMarked
package io.residual.laboratory.experiments.training;

import org.jspecify.annotations.NullMarked;
