/** Metrics, reports and prediction of trained runs. */
@NullMarked
package io.residual.evaluation;

import org.jspecify.annotations.NullMarked;
