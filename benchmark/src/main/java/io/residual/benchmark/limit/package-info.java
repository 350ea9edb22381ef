/** The child process that times bare oneDNN primitives; oneDNN is used in this package alone. */
@NullMarked
package io.residual.benchmark.limit;

import org.jspecify.annotations.NullMarked;
