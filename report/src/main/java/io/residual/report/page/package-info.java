/** Self-contained pages of text, tables, charts and pictures; tables as Markdown and text too. */
@NullMarked
package io.residual.report.page;

import org.jspecify.annotations.NullMarked;
