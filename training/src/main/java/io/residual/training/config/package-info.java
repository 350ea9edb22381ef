/** What a training run is, as data: the spec, the presets it starts from, and the settings of both. */
@NullMarked
package io.residual.training.config;

import org.jspecify.annotations.NullMarked;
