/** Files that survive crashes and full disks. */
@NullMarked
package io.residual.core.files;

import org.jspecify.annotations.NullMarked;
