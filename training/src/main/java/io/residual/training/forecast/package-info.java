/** What a training will take, measured before it starts: memory, time, disk, and the batch size that fits. */
@NullMarked
package io.residual.training.forecast;

import org.jspecify.annotations.NullMarked;
