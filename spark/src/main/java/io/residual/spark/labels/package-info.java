/** The search for wrong labels, whose networks are trained by the executors of a cluster. */
@NullMarked
package io.residual.spark.labels;

import org.jspecify.annotations.NullMarked;
