/** Sweeps over learning rates and schedules. */
@NullMarked
package io.residual.tuning;

import org.jspecify.annotations.NullMarked;
