/** Who is measured, how each one is started, and the rounds. */
@NullMarked
package io.residual.benchmark.rounds;

import org.jspecify.annotations.NullMarked;
