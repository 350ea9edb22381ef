/** A check of a GPU in a process without Deeplearning4j: gradients, resuming, speed and accuracy. */
@NullMarked
package io.residual.training.device.check;

import org.jspecify.annotations.NullMarked;
