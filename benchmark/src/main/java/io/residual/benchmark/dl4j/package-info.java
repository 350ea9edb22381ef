/** The child process of this project and of stock DL4J. */
@NullMarked
package io.residual.benchmark.dl4j;

import org.jspecify.annotations.NullMarked;
