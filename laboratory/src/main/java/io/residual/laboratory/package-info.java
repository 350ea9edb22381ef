/** Why residual networks train, and what is published of them, shown by experiment. */
@NullMarked
package io.residual.laboratory;

import org.jspecify.annotations.NullMarked;
