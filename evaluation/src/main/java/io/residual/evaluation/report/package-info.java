/** An evaluation as text, JSON and a page. */
@NullMarked
package io.residual.evaluation.report;

import org.jspecify.annotations.NullMarked;
