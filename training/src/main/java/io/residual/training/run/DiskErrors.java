package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import java.io.IOException;
import java.nio.file.Path;

/** A failed read or write of a run's file. */
final class DiskErrors {
    private DiskErrors() {}

    static ResidualException writing(Path file, IOException e) {
        return new ResidualException(
                Kind.BAD_RUN,
                file + ": cannot be written: " + IoErrors.reason(e) + ": free space, or give another run directory",
                e);
    }

    static ResidualException reading(Path file, IOException e) {
        return new ResidualException(Kind.BAD_RUN, file + ": cannot be read: " + IoErrors.reason(e), e);
    }
}
