/** The training loop and what it measures. */
@NullMarked
package io.residual.training.loop;

import org.jspecify.annotations.NullMarked;
