/** How good the predictions of a classifier are: counts, rates with their uncertainty, and a report of them. */
@NullMarked
package io.residual.evaluation.metrics;

import org.jspecify.annotations.NullMarked;
