/** Which parts of an image a prediction depends on. */
@NullMarked
package io.residual.evaluation.explain;

import org.jspecify.annotations.NullMarked;
