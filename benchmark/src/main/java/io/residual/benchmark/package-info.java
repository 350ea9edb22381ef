/** Side by side: this project, stock DL4J, DJL and PyTorch, on the same network, weights and data. */
@NullMarked
package io.residual.benchmark;

import org.jspecify.annotations.NullMarked;
