/** Which of the best trials is the best, and what it is worth: statistics of runs with fresh seeds. */
@NullMarked
package io.residual.tuning.confirm;

import org.jspecify.annotations.NullMarked;
