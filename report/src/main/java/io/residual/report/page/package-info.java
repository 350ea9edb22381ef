/** Self-contained pages of text, tables, charts and pictures. */
@NullMarked
package io.residual.report.page;

import org.jspecify.annotations.NullMarked;
