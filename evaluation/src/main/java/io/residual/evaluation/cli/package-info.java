/** The options that several commands share. */
@NullMarked
package io.residual.evaluation.cli;

import org.jspecify.annotations.NullMarked;
