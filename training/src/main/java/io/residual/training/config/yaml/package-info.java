/** YAML with line numbers: all errors of a file at once, each with its line. */
@NullMarked
package io.residual.training.config.yaml;

import org.jspecify.annotations.NullMarked;
