/**
 * Batches made on the device: the images of a set stay there as bytes, and are resized, cropped, flipped, erased and
 * normalised there, to the bit as the processor does it. What is random is drawn on the host.
 */
@NullMarked
package io.residual.cuda.images;

import org.jspecify.annotations.NullMarked;
