/** The check that a preset still reaches what is published of it. */
@NullMarked
package io.residual.evaluation.reproduce;

import org.jspecify.annotations.NullMarked;
