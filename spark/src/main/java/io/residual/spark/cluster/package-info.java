/** Sessions on a Spark cluster, and storage that all its machines see. */
@NullMarked
package io.residual.spark.cluster;

import org.jspecify.annotations.NullMarked;
