/** Classes of pictures: reading picture files, what a network is fed, and the embeddable {@code Classifier}. */
@NullMarked
package io.residual.evaluation.predict;

import org.jspecify.annotations.NullMarked;
