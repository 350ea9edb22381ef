/** The compiled training step on a CPU: a program executed in parts of a batch that stay in the cache. */
@NullMarked
package io.residual.onednn.step;

import org.jspecify.annotations.NullMarked;
