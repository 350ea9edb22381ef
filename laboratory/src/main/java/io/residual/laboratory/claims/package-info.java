/** The claims of the notes, each with the experiment that tests it. */
@NullMarked
package io.residual.laboratory.claims;

import org.jspecify.annotations.NullMarked;
