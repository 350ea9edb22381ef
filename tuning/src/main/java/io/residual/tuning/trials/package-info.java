/** The trials of a sweep: scheduled, trained in processes of their own, and stored in a database. */
@NullMarked
package io.residual.tuning.trials;

import org.jspecify.annotations.NullMarked;
