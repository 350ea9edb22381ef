package io.residual.data.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxyVariablesTest {
    private static final URI HTTP = URI.create("http://data.example.org/a");
    private static final URI HTTPS = URI.create("https://data.example.org/a");

    private static Proxy http(String host, int port) {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    @Test
    void each_scheme_has_its_variable_in_either_case() {
        assertThat(ProxyVariables.proxy(HTTP, Map.of("http_proxy", "http://p.example:3128/")))
                .contains(http("p.example", 3128));
        assertThat(ProxyVariables.proxy(HTTPS, Map.of("http_proxy", "http://p.example:3128/")))
                .isEmpty();
        assertThat(ProxyVariables.proxy(HTTPS, Map.of("HTTPS_PROXY", "p.example:8080")))
                .contains(http("p.example", 8080));
        assertThat(ProxyVariables.proxy(HTTPS, Map.of("ALL_PROXY", "socks5://p.example")))
                .contains(new Proxy(Proxy.Type.SOCKS, InetSocketAddress.createUnresolved("p.example", 1080)));
        assertThat(ProxyVariables.proxy(HTTPS, Map.of("https_proxy", ""))).isEmpty();
    }

    @Test
    void hosts_can_be_excluded() {
        for (String excluded : new String[] {"data.example.org", ".example.org", "x, Example.ORG", "*"}) {
            assertThat(ProxyVariables.proxy(HTTP, Map.of("http_proxy", "p:1", "no_proxy", excluded)))
                    .as(excluded)
                    .isEmpty();
        }
        for (String other : new String[] {"", "ample.org", "data.example", "org.example.data"}) {
            assertThat(ProxyVariables.proxy(HTTP, Map.of("http_proxy", "p:1", "NO_PROXY", other)))
                    .as(other)
                    .contains(http("p", 1));
        }
    }

    @Test
    void a_variable_that_names_no_proxy_is_refused() {
        assertThatThrownBy(() -> ProxyVariables.proxy(HTTP, Map.of("http_proxy", "http://:3128")))
                .hasMessage("http_proxy: expected one like http://proxy.example.org:3128, got http://:3128");
    }
}
