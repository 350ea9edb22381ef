/** Predictions over HTTP: the one package that knows Jetty and Prometheus. */
@NullMarked
package io.residual.evaluation.serve;

import org.jspecify.annotations.NullMarked;
