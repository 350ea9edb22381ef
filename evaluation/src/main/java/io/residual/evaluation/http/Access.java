package io.residual.evaluation.http;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;

/**
 * From where a server can be reached.
 *
 * @param address that it listens at, port 0 for a free one; if it is not of the loopback interface, any host name may lead here
 * @param publicUrl at which a proxy shows the server to others
 * @param proxyHint ends the message to a client that asks for another host
 */
public record Access(InetSocketAddress address, Optional<URI> publicUrl, String proxyHint) {
    /** This machine alone. */
    public static Access ofThisMachine(InetSocketAddress address) {
        return new Access(address, Optional.empty(), "");
    }
}
