/** The child process of DJL; DJL is used in this package alone. */
@NullMarked
package io.residual.benchmark.djl;

import org.jspecify.annotations.NullMarked;
