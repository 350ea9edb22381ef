/** Trained models in the formats of other programs. */
@NullMarked
package io.residual.evaluation.export;

import org.jspecify.annotations.NullMarked;
