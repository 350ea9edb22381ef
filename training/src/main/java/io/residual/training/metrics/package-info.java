/** What classifiers are counted and rated by. */
@NullMarked
package io.residual.training.metrics;

import org.jspecify.annotations.NullMarked;
