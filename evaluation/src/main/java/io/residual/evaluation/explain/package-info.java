/** Where in an image a network saw what it says. */
@NullMarked
package io.residual.evaluation.explain;

import org.jspecify.annotations.NullMarked;
