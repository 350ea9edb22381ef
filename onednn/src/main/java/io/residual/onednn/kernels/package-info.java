/** oneDNN's primitives on ND4J's arrays, in channels-last layout. oneDNN itself stops here. */
@NullMarked
package io.residual.onednn.kernels;

import org.jspecify.annotations.NullMarked;
