/** Pictures in files (PNG, JPEG, WebP, BMP, GIF, TIFF), read within limits. */
@NullMarked
package io.residual.data.picture;

import org.jspecify.annotations.NullMarked;
