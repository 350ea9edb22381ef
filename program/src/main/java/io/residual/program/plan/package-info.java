/** In which order a program's forward and backward pass is computed, and what is kept between the parts of it. */
@NullMarked
package io.residual.program.plan;

import org.jspecify.annotations.NullMarked;
