/** Specs as Deeplearning4j's graphs: the one writer, and the vertices and layers that Deeplearning4j lacks. */
@NullMarked
package io.residual.core.graph;

import org.jspecify.annotations.NullMarked;
