/** A small HTTP server on Jetty: routes, limits, and guards against slow clients and pages of other sites. */
@NullMarked
package io.residual.evaluation.http;

import org.jspecify.annotations.NullMarked;
