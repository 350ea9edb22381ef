/** Training on Fashion-MNIST and other image sets, run directories, presets. */
@NullMarked
package io.residual.training;

import org.jspecify.annotations.NullMarked;
