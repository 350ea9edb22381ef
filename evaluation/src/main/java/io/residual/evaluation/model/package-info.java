/** Trained networks and their predictions for images, with test-time augmentation and for ensembles. */
@NullMarked
package io.residual.evaluation.model;

import org.jspecify.annotations.NullMarked;
