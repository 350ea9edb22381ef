/** The subcommands of {@code lab}. Picocli stops here. */
@NullMarked
package io.residual.laboratory.cli;

import org.jspecify.annotations.NullMarked;
