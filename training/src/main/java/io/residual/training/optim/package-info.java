/** Recipes of optimisation: rates, updates, averages, and the mixing of batches. */
@NullMarked
package io.residual.training.optim;

import org.jspecify.annotations.NullMarked;
