/** Residual networks: their specs, shapes, computation graphs and weights. */
@NullMarked
package io.residual.core;

import org.jspecify.annotations.NullMarked;
