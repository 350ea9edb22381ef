/** Deeplearning4j's convolutional layers on oneDNN: the same networks, parameters and results, several times as fast on a CPU. */
@NullMarked
package io.residual.onednn;

import org.jspecify.annotations.NullMarked;
