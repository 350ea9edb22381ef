package io.residual.data.download;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxy that a system asks for by {@code http_proxy}, {@code https_proxy}, {@code all_proxy} and {@code no_proxy}, in
 * lower or upper case, as curl reads them.
 */
final class ProxyVariables {
    private static final int DEFAULT_PORT = 1080;

    private ProxyVariables() {}

    /**
     * The proxy on the way to a place.
     *
     * @param environment the variables of the process
     * @return empty if no variable names one for it
     * @throws IllegalArgumentException if a variable names no proxy
     */
    static Optional<Proxy> proxy(URI place, Map<String, String> environment) {
        String value = variable(place.getScheme() + "_proxy", environment);
        if (value.isEmpty()) {
            value = variable("all_proxy", environment);
        }
        if (value.isEmpty() || isExcluded(String.valueOf(place.getHost()), variable("no_proxy", environment))) {
            return Optional.empty();
        }
        URI proxy = URI.create(value.contains("://") ? value : "http://" + value);
        if (proxy.getHost() == null) {
            throw new IllegalArgumentException(
                    place.getScheme() + "_proxy: expected one like http://proxy.example.org:3128, got " + value);
        }
        Proxy.Type type = proxy.getScheme().startsWith("socks") ? Proxy.Type.SOCKS : Proxy.Type.HTTP;
        int port = proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort();
        return Optional.of(new Proxy(type, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
    }

    private static String variable(String name, Map<String, String> environment) {
        return environment
                .getOrDefault(name, environment.getOrDefault(name.toUpperCase(Locale.ROOT), ""))
                .strip();
    }

    /** Names of hosts and of the domains that they are in, with or without a dot before them. */
    private static boolean isExcluded(String host, String names) {
        return Arrays.stream(names.split(","))
                .map(String::strip)
                .map(name -> name.startsWith(".") ? name.substring(1) : name)
                .anyMatch(name -> name.equals("*")
                        || host.equalsIgnoreCase(name)
                        || (!name.isEmpty()
                                && host.toLowerCase(Locale.ROOT).endsWith("." + name.toLowerCase(Locale.ROOT))));
    }
}
