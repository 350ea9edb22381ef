/** What a GPU is checked with: networks as programs, and PyTorch's gradients of some of them. */
@NullMarked
package io.residual.cuda.check;

import org.jspecify.annotations.NullMarked;
