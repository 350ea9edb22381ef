/** The tree-structured Parzen estimator. */
@NullMarked
package io.residual.tuning.search.tpe;

import org.jspecify.annotations.NullMarked;
