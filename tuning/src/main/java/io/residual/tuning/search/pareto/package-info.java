/** Several objectives at once. */
@NullMarked
package io.residual.tuning.search.pareto;

import org.jspecify.annotations.NullMarked;
