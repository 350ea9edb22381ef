/** The commands {@code lab depth} and {@code lab 1000}: how deep networks can be, with and without shortcuts. */
@NullMarked
package io.residual.laboratory.depth;

import org.jspecify.annotations.NullMarked;
