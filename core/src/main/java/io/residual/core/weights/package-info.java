/** Exchange of trained weights with PyTorch, through safetensors files. */
@NullMarked
package io.residual.core.weights;

import org.jspecify.annotations.NullMarked;
