/** Sweep files: what is searched, how, and how long. */
@NullMarked
package io.residual.tuning.sweep;

import org.jspecify.annotations.NullMarked;
