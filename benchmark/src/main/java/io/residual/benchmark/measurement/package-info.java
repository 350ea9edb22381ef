/** What a child process is asked and what it answers. */
@NullMarked
package io.residual.benchmark.measurement;

import org.jspecify.annotations.NullMarked;
