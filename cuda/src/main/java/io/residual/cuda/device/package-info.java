/** What a GPU offers: memory, kernels, convolutions, graphs of them. */
@NullMarked
package io.residual.cuda.device;

import org.jspecify.annotations.NullMarked;
