package io.residual.data.download;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Where Fashion-MNIST may be when the user does not say.
 *
 * @param cache the folder that downloads go to
 * @param installed the folder that Debian's package {@code dataset-fashion-mnist} installs to
 * @param mirrors folders on the web, each ending in "/", in the order in which they are asked
 */
public record DataPlaces(Path cache, Path installed, List<URI> mirrors, DownloadLimits limits) {
    private static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");

    /** The mirror with TLS first: the content is checked in either case, but need not be seen on its way. */
    private static final List<URI> MIRRORS = List.of(
            URI.create("https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
            URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"));

    /** The largest file has 26 MB. */
    private static final DownloadLimits LIMITS =
            new DownloadLimits(Duration.ofSeconds(10), Duration.ofSeconds(30), 64L << 20, 4);

    public DataPlaces {
        mirrors = List.copyOf(mirrors);
        for (URI mirror : mirrors) {
            if (!mirror.toString().endsWith("/")) {
                throw new IllegalArgumentException("the address of a folder ends in /, unlike " + mirror);
            }
        }
    }

    /**
     * The places of this system: the cache is {@code $RESIDUAL_CACHE}, else {@code $XDG_CACHE_HOME/residual}, else
     * {@code ~/.cache/residual}, and in it the folder {@code fashion-mnist}. A variable that is empty counts as not
     * set, and so does an {@code XDG_CACHE_HOME} that is not absolute, as the XDG specification asks.
     *
     * @param environment the variables of the process
     * @param home the home directory of the user
     */
    public static DataPlaces of(Map<String, String> environment, Path home) {
        return new DataPlaces(cacheRoot(environment, home).resolve("fashion-mnist"), DEBIAN, MIRRORS, LIMITS);
    }

    /** The places of this process. */
    public static DataPlaces ofThisProcess() {
        Map<String, String> environment = System.getenv();
        String home = System.getProperty("user.home", "");
        // Java's answer for a user without an entry in the system's list, as in a container with any number for one.
        if (home.isEmpty() || home.equals("?")) {
            home = environment.getOrDefault("HOME", System.getProperty("java.io.tmpdir", "/tmp"));
        }
        return of(environment, Path.of(home));
    }

    private static Path cacheRoot(Map<String, String> environment, Path home) {
        String own = environment.getOrDefault("RESIDUAL_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (!xdg.isEmpty() && Path.of(xdg).isAbsolute()) {
            return Path.of(xdg, "residual");
        }
        return home.resolve(".cache").resolve("residual");
    }
}
