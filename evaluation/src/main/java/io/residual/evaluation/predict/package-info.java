/** Predictions for image files: reading and preprocessing them, and the embeddable {@code Classifier}. */
@NullMarked
package io.residual.evaluation.predict;

import org.jspecify.annotations.NullMarked;
