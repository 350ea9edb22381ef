/** Processes that train trials, each with its share of the machine. */
@NullMarked
package io.residual.tuning.trials;

import org.jspecify.annotations.NullMarked;
