/** Checks a GPU: whether it computes what it should, and how fast. */
@NullMarked
package io.residual.cuda.check;

import org.jspecify.annotations.NullMarked;
