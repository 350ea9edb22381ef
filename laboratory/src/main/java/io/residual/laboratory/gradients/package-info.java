/** How gradients, activations and updates look from layer to layer, with shortcuts and without. */
@NullMarked
package io.residual.laboratory.gradients;

import org.jspecify.annotations.NullMarked;
