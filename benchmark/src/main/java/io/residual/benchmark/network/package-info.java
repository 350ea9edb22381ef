/** The network that all contestants run: its layers, its work in FLOPs, its weights and its batch. */
@NullMarked
package io.residual.benchmark.network;

import org.jspecify.annotations.NullMarked;
