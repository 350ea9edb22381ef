package io.residual.training.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/**
 * The programs that took part.
 *
 * @param residual version of this project
 * @param commit git commit it was built from, with "-dirty" if files differed from it, or "unknown"
 * @param deeplearning4j version that the build was made with, ND4J and DataVec included
 * @param java version and vendor of the virtual machine
 * @param os name, version and architecture
 */
public record Versions(String residual, String commit, String deeplearning4j, String java, String os) {
    private static final String RESOURCE = "build.properties";

    /** The versions of this process. */
    public static Versions current() {
        Properties build = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the program was built without " + RESOURCE);
            }
            build.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
        return new Versions(
                build.getProperty("residual"),
                build.getProperty("commit"),
                build.getProperty("deeplearning4j"),
                System.getProperty("java.vm.version") + " " + System.getProperty("java.vendor"),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
    }

    /** What and which version, as rows of a table. */
    public List<List<String>> rows() {
        return List.of(
                List.of("Residual", residual + ", commit " + commit),
                List.of("Deeplearning4j", deeplearning4j),
                List.of("Java", java),
                List.of("system", os));
    }
}
