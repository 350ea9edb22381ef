/** What a child process has to do, and its result. */
@NullMarked
package io.residual.benchmark.measurement;

import org.jspecify.annotations.NullMarked;
