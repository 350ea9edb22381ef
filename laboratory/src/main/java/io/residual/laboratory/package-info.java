/** Experiments that show why residual networks train, and reproduce published results. */
@NullMarked
package io.residual.laboratory;

import org.jspecify.annotations.NullMarked;
