/** Sweeps whose trials are trained on the executors of a Spark cluster. */
@NullMarked
package io.residual.spark.sweep;

import org.jspecify.annotations.NullMarked;
