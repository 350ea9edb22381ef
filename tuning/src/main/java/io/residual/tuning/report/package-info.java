/** The progress of a sweep in the terminal, its report, and the same report live. */
@NullMarked
package io.residual.tuning.report;

import org.jspecify.annotations.NullMarked;
