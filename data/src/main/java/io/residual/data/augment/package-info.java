/**
 * Random changes of training images: bytes in, bytes out, the same as Pillow's and torchvision's where those have them.
 * What happens to an image depends on the seed, the epoch and the image alone.
 */
@NullMarked
package io.residual.data.augment;

import org.jspecify.annotations.NullMarked;
