/** Inference of programs, compiled for batches of any size, in floats and integers. */
@NullMarked
package io.residual.onednn.inference;

import org.jspecify.annotations.NullMarked;
