/** What a sweep looks like: its table in the terminal, its page, and the same page live. */
@NullMarked
package io.residual.tuning.report;

import org.jspecify.annotations.NullMarked;
