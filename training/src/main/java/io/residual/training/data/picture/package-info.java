/** Pictures in files (PNG, JPEG, WebP, BMP, GIF), read within limits. */
@NullMarked
package io.residual.training.data.picture;

import org.jspecify.annotations.NullMarked;
