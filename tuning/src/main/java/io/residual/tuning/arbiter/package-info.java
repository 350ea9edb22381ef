/**
 * Arbiter's generators, runner and termination conditions, and what they are here: the one package that knows Arbiter. Candidates
 * are taken as points of the unit cube, since Arbiter hands out their values by way of Java's serialisation.
 */
@NullMarked
package io.residual.tuning.arbiter;

import org.jspecify.annotations.NullMarked;
