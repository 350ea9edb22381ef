/** Self-contained pages of text, tables, charts and pictures. */
@NullMarked
package io.residual.charts.page;

import org.jspecify.annotations.NullMarked;
