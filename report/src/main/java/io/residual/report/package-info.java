/** What charts and pages share: markup and numbers as text. */
@NullMarked
package io.residual.report;

import org.jspecify.annotations.NullMarked;
