/** Deeplearning4j's layers and vertices on these kernels. */
@NullMarked
package io.residual.onednn.layers;

import org.jspecify.annotations.NullMarked;
