/** The one place where text becomes markup. */
@NullMarked
package io.residual.charts.markup;

import org.jspecify.annotations.NullMarked;
