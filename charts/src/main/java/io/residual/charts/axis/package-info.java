/** What numbers become on paper: ranges, scales and ticks. */
@NullMarked
package io.residual.charts.axis;

import org.jspecify.annotations.NullMarked;
