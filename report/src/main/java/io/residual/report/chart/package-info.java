/** Charts as values that draw themselves as SVG: the same on a light and a dark page, and readable without colours. */
@NullMarked
package io.residual.report.chart;

import org.jspecify.annotations.NullMarked;
