/** Reads and writes safetensors files, the exchange format for weights of PyTorch and Hugging Face. */
@NullMarked
package io.residual.core.safetensors;

import org.jspecify.annotations.NullMarked;
