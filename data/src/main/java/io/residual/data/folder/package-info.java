/** Data sets that are folders of pictures, one folder a class. */
@NullMarked
package io.residual.data.folder;

import org.jspecify.annotations.NullMarked;
