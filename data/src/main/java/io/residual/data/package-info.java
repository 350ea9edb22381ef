/** Fashion-MNIST and any image set of the same IDX layout: read through DataVec, split, resized and cut into batches. */
@NullMarked
package io.residual.data;

import org.jspecify.annotations.NullMarked;
