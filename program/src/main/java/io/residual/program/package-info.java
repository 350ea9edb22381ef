/** A network as a list of operations on values, which executors for any device compile. */
@NullMarked
package io.residual.program;

import org.jspecify.annotations.NullMarked;
