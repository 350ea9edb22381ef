/** Arbiter's generators, runner and termination conditions, and what they are here: the one package that knows Arbiter. */
@NullMarked
package io.residual.tuning.arbiter;

import org.jspecify.annotations.NullMarked;
