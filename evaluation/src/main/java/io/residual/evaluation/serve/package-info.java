/** Predictions over HTTP, and their metrics for Prometheus. */
@NullMarked
package io.residual.evaluation.serve;

import org.jspecify.annotations.NullMarked;
