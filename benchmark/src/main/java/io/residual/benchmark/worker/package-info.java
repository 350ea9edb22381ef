/** What a child process is asked and what it answers. */
@NullMarked
package io.residual.benchmark.worker;

import org.jspecify.annotations.NullMarked;
