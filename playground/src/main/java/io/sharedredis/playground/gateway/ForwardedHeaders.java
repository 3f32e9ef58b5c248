package io.sharedredis.playground.gateway;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * Tells replicas who asked and under which address. The gateway is the outermost hop, so whatever a
 * client claims in these headers is dropped.
 */
final class ForwardedHeaders implements HttpHeadersFilter, Ordered {

  private static final List<String> CLAIMS =
      List.of(
          "Forwarded",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Port",
          "X-Forwarded-Prefix",
          "X-Forwarded-Proto",
          "X-Forwarded-Ssl",
          "X-Real-IP");

  @Override
  public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
    HttpHeaders headers = new HttpHeaders();
    headers.addAll(input);
    CLAIMS.forEach(headers::remove);
    InetSocketAddress client = exchange.getRequest().getRemoteAddress();
    if (client != null && client.getAddress() != null) {
      headers.set("X-Forwarded-For", client.getAddress().getHostAddress());
    }
    URI uri = exchange.getRequest().getURI();
    String host = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
    headers.set("X-Forwarded-Proto", uri.getScheme());
    headers.set("X-Forwarded-Host", host == null ? uri.getAuthority() : host);
    int port = uri.getPort();
    headers.set("X-Forwarded-Port", Integer.toString(port > 0 ? port : 80));
    return headers;
  }

  /** After the library's own filters, which remove what clients sent. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
