/** Sizes of the values in an array: norms, and what 16-bit floats lose of them. */
@NullMarked
package io.residual.laboratory.gradients.magnitudes;

import org.jspecify.annotations.NullMarked;
