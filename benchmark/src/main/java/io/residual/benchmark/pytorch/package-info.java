/** The child process of PyTorch in Java by JavaCPP; JavaCPP's PyTorch is used in this package alone. */
@NullMarked
package io.residual.benchmark.pytorch;

import org.jspecify.annotations.NullMarked;
