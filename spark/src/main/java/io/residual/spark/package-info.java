/** Commands on a Spark cluster. */
@NullMarked
package io.residual.spark;

import org.jspecify.annotations.NullMarked;
