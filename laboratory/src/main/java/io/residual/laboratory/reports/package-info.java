/** The results of experiments as text, JSON, Markdown and a page. */
@NullMarked
package io.residual.laboratory.reports;

import org.jspecify.annotations.NullMarked;
