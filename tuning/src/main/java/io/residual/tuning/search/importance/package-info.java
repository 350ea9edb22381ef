/** Which parameters matter. */
@NullMarked
package io.residual.tuning.search.importance;

import org.jspecify.annotations.NullMarked;
