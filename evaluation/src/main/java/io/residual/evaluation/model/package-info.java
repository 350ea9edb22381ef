/** Asks trained networks for the classes of images: plainly, under changes of the images, and several together. */
@NullMarked
package io.residual.evaluation.model;

import org.jspecify.annotations.NullMarked;
