/** Claims, judged by experiments whose criteria are declared before anything is trained. */
@NullMarked
package io.residual.laboratory.experiment;

import org.jspecify.annotations.NullMarked;
