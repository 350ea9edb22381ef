/** The check that a preset still reaches what is published of it. */
@NullMarked
package io.residual.laboratory.reproduce;

import org.jspecify.annotations.NullMarked;
