package io.residual.data;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** What a test needs of Debian's packages. */
public final class DebianPackage {
    private DebianPackage() {}

    /**
     * Leaves the test out where a file is not installed; fails where the variable CI is set, so that a check that all must
     * pass leaves nothing out unseen.
     */
    public static void require(String packages, Path... files) {
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                String cure = file + " is missing: apt-get install " + packages;
                if (System.getenv("CI") == null) {
                    abort(cure);
                }
                fail(cure + " (this test is not left out where the variable CI is set)");
            }
        }
    }
}
