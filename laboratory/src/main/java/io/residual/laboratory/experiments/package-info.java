/** Claims, tested by experiments whose criteria are declared before anything is trained. */
@NullMarked
package io.residual.laboratory.experiments;

import org.jspecify.annotations.NullMarked;
