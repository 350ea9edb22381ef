/** The loss around trained weights, along two random directions (Li et al. 2018). */
@NullMarked
package io.residual.laboratory.landscape;

import org.jspecify.annotations.NullMarked;
