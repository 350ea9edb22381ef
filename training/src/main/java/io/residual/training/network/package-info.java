/** Networks on the kernels that this machine offers; the one package that knows the onednn module. */
@NullMarked
package io.residual.training.network;

import org.jspecify.annotations.NullMarked;
