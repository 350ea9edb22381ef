/** What a program computes in inference: batch norms, sums and ReLUs fused into convolutions, and their numbers as 8-bit integers. */
@NullMarked
package io.residual.program.inference;

import org.jspecify.annotations.NullMarked;
