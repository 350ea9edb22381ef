/** Points that fill a space more evenly than random ones. */
@NullMarked
package io.residual.tuning.search.sobol;

import org.jspecify.annotations.NullMarked;
