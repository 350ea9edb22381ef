/**
 * What a sweep searches in, what it has seen, and what it proposes: spaces, assignments, observations, searchers. Knows
 * neither networks nor Arbiter.
 */
@NullMarked
package io.residual.tuning.search;

import org.jspecify.annotations.NullMarked;
