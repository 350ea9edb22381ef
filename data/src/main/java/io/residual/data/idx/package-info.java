/** IDX files: Fashion-MNIST, MNIST, KMNIST and EMNIST, and a DataVec record reader over them. */
@NullMarked
package io.residual.data.idx;

import org.jspecify.annotations.NullMarked;
