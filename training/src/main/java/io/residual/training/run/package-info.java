/** The directory of a run: its spec, where its results come from, its metrics, model and log. */
@NullMarked
package io.residual.training.run;

import org.jspecify.annotations.NullMarked;
