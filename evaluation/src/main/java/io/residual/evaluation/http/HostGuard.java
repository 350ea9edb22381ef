package io.residual.evaluation.http;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Keeps foreign web pages from using a server on the loopback address through the user's browser. Such a page can give
 * its own host name this address (DNS rebinding), which the Host header then shows; and it can send requests whose answer
 * it may not read, which the Origin header shows.
 */
final class HostGuard extends Handler.Wrapper {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final boolean loopback;
    private final Optional<URI> publicUrl;
    private final String hint;
    private final Duration receiveTimeout;

    /** Guards a server. */
    HostGuard(Handler handler, Access access, Duration receiveTimeout) {
        super(handler);
        this.loopback = access.address().getAddress().isLoopbackAddress();
        this.publicUrl = access.publicUrl();
        this.hint = access.proxyHint();
        this.receiveTimeout = receiveTimeout;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String host = request.getHeaders().get(HttpHeader.HOST);
        boolean isPublic = publicUrl
                .filter(url -> url.getHost().equalsIgnoreCase(name(host)))
                .isPresent();
        if (loopback && !isPublic && !LOOPBACK.contains(name(host))) {
            return reject(
                    request,
                    response,
                    callback,
                    HttpStatus.MISDIRECTED_REQUEST_421,
                    "this server answers to localhost and 127.0.0.1 only, not to the host asked for" + hint);
        }
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin != null && !sameHost(origin, host) && !isPublicOrigin(origin)) {
            return reject(
                    request,
                    response,
                    callback,
                    HttpStatus.FORBIDDEN_403,
                    "requests from pages of another origin are not answered" + hint);
        }
        return super.handle(request, response, callback);
    }

    private boolean reject(Request request, Response response, Callback callback, int status, String reason) {
        Responses.reject(request, response, callback, new RequestException(status, reason), receiveTimeout);
        return true;
    }

    private boolean isPublicOrigin(String origin) {
        return publicUrl
                .filter(url -> origin.equalsIgnoreCase(url.getScheme() + "://" + url.getAuthority()))
                .isPresent();
    }

    private static boolean sameHost(String origin, @Nullable String host) {
        try {
            return host != null && host.equalsIgnoreCase(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Without the port, which a tunnel may have changed. */
    private static String name(@Nullable String host) {
        return host == null ? "" : host.toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
    }
}
