/** Errors in the data itself: labels that are likely wrong, and duplicate images. */
@NullMarked
package io.residual.evaluation.labels;

import org.jspecify.annotations.NullMarked;
