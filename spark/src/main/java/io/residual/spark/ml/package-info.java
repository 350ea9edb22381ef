/** Trained runs as stages of Spark ML's pipelines. */
@NullMarked
package io.residual.spark.ml;

import org.jspecify.annotations.NullMarked;
