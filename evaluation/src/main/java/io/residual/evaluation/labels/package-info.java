/** What is wrong with the data itself: labels that are likely wrong, and images that are there twice. */
@NullMarked
package io.residual.evaluation.labels;

import org.jspecify.annotations.NullMarked;
