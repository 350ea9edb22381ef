/** The training loop and what it measures. */
@NullMarked
package io.residual.training.fit;

import org.jspecify.annotations.NullMarked;
