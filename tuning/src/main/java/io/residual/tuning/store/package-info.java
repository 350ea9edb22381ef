/** The table of a sweep on disk: trials, their epochs and their states. */
@NullMarked
package io.residual.tuning.store;

import org.jspecify.annotations.NullMarked;
