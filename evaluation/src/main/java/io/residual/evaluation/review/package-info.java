/** What people decide on suspect labels: a page to review them, agreement, cleaned copies, and what the decisions change. */
@NullMarked
package io.residual.evaluation.review;

import org.jspecify.annotations.NullMarked;
