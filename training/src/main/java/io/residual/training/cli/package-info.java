/** How commands meet the user: options, exit statuses, progress, logs. Picocli, the progress bar and Log4j stop here. */
@NullMarked
package io.residual.training.cli;

import org.jspecify.annotations.NullMarked;
