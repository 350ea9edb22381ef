/** Training on a GPU. */
@NullMarked
package io.residual.training.device;

import org.jspecify.annotations.NullMarked;
