/** Fetching files from mirrors: bounded in size and time, checked before they get their names. */
@NullMarked
package io.residual.data.download;

import org.jspecify.annotations.NullMarked;
