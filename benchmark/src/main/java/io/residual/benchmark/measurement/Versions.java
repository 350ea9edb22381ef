package io.residual.benchmark.measurement;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Versions of the libraries that a process runs, as Maven wrote them into their archives. */
public final class Versions {
    private Versions() {}

    /**
     * The version of a library.
     *
     * @param member a class of it
     * @param artifact group and name, such as {@code org.bytedeco/pytorch}
     */
    public static String of(Class<?> member, String artifact) {
        try (InputStream properties = member.getResourceAsStream("/META-INF/maven/" + artifact + "/pom.properties")) {
            Properties library = new Properties();
            library.load(requireNonNull(properties, artifact));
            return requireNonNull(library.getProperty("version"), artifact);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
