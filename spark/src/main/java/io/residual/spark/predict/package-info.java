/** Prediction of the images of folders and tables by the executors of a cluster, each of which opens a model once. */
@NullMarked
package io.residual.spark.predict;

import org.jspecify.annotations.NullMarked;
