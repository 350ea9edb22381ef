/**
 * Arbiter's candidate generators as searchers: the one package that knows Arbiter. Candidates are taken as points of the
 * unit cube, since Arbiter copies their values by Java's serialisation.
 */
@NullMarked
package io.residual.tuning.arbiter;

import org.jspecify.annotations.NullMarked;
