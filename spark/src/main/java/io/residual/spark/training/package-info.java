/** Training by several workers of a Spark cluster, which share every batch. */
@NullMarked
package io.residual.spark.training;

import org.jspecify.annotations.NullMarked;
