/** The child process of ONNX Runtime, which is used in this package alone. */
@NullMarked
package io.residual.benchmark.onnx;

import org.jspecify.annotations.NullMarked;
