/** Training steps of a program on a GPU: phases as the CPU has them, each with a few kernels for the complete batch. */
@NullMarked
package io.residual.cuda.step;

import org.jspecify.annotations.NullMarked;
