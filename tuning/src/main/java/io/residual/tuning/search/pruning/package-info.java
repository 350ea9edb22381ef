/** When to stop or pause a trial: pure functions of the table of intermediate values. */
@NullMarked
package io.residual.tuning.search.pruning;

import org.jspecify.annotations.NullMarked;
