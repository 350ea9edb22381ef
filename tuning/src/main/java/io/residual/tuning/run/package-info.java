/** A sweep as it runs: which trial goes on next, until the budget is spent. */
@NullMarked
package io.residual.tuning.run;

import org.jspecify.annotations.NullMarked;
