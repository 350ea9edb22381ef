/** The command that searches for the settings that train best. */
@NullMarked
package io.residual.tuning;

import org.jspecify.annotations.NullMarked;
