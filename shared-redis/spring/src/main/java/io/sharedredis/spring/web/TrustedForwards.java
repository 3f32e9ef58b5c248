package io.sharedredis.spring.web;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Shows Jetty, which believes whoever sends forwarded headers and of a list the first, only what
 * {@linkplain TrustedProxies trusted proxies} have written: of the addresses the last that is no
 * trusted proxy's, of hosts, ports and schemes the last. To be asked before {@code
 * ForwardedRequestCustomizer}.
 */
public final class TrustedForwards implements HttpConfiguration.Customizer {

  /**
   * What Jetty reads and gateways, which do not know it, pass on from clients; Tomcat does not read
   * it either.
   */
  private static final Set<String> NEVER =
      Set.of(
          "forwarded", "x-forwarded-server", "x-proxied-https", "proxy-auth-cert", "proxy-ssl-id");

  /** What is believed of a trusted proxy beside the address. */
  private static final List<HttpHeader> LAST =
      List.of(
          HttpHeader.X_FORWARDED_HOST, HttpHeader.X_FORWARDED_PORT, HttpHeader.X_FORWARDED_PROTO);

  /** An address with a port: of IPv6 in brackets, else with the only colon before it. */
  private static final Pattern WITH_PORT = Pattern.compile("\\[([^]]*)](?::\\d+)?|([^:]*):\\d+");

  private final Pattern trusted;

  public TrustedForwards(TrustedProxies proxies) {
    this.trusted = Pattern.compile(proxies.regex());
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    HttpFields sent = request.getHeaders();
    if (sent.stream().noneMatch(TrustedForwards::forwards)) {
      return request;
    }
    HttpFields headers =
        trusts(peer(request)) ? believed(sent) : without(sent, TrustedForwards::forwards);
    return new Request.Wrapper(request) {
      @Override
      public HttpFields getHeaders() {
        return headers;
      }
    };
  }

  /** The peer's address as Java and Tomcat write it; Jetty puts IPv6 in brackets. */
  private static @Nullable String peer(Request request) {
    return request.getConnectionMetaData().getRemoteSocketAddress()
                instanceof InetSocketAddress address
            && address.getAddress() != null
        ? address.getAddress().getHostAddress()
        : null;
  }

  private boolean trusts(@Nullable String address) {
    return address != null && trusted.matcher(address).matches();
  }

  private HttpFields believed(HttpFields sent) {
    HttpFields.Mutable kept = HttpFields.build(without(sent, TrustedForwards::readByJetty));
    String client = client(values(sent, HttpHeader.X_FORWARDED_FOR));
    if (client != null) {
      kept.add(HttpHeader.X_FORWARDED_FOR, client);
    }
    for (HttpHeader header : LAST) {
      List<String> values = values(sent, header);
      if (!values.isEmpty()) {
        kept.add(header, values.get(values.size() - 1));
      }
    }
    return kept.asImmutable();
  }

  /** Who spoke to the first of the trusted proxies; whoever comes before that may be invented. */
  private @Nullable String client(List<String> addresses) {
    String client = null;
    for (int i = addresses.size() - 1; i >= 0; i--) {
      client = addresses.get(i);
      if (!trusts(bare(client))) {
        break;
      }
    }
    return client;
  }

  private static String bare(String address) {
    var parts = WITH_PORT.matcher(address);
    if (!parts.matches()) {
      return address;
    }
    return parts.group(1) == null ? parts.group(2) : parts.group(1);
  }

  /** The items of a list, which may be sent in several headers. */
  private static List<String> values(HttpFields sent, HttpHeader header) {
    return sent.stream()
        .filter(field -> field.getHeader() == header && field.getValue() != null)
        .flatMap(field -> Arrays.stream(field.getValue().split(",")))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  private static HttpFields without(HttpFields sent, Predicate<HttpField> dropped) {
    HttpFields.Mutable kept = HttpFields.build();
    sent.stream().filter(dropped.negate()).forEach(kept::add);
    return kept.asImmutable();
  }

  private static boolean readByJetty(HttpField field) {
    HttpHeader header = field.getHeader();
    return NEVER.contains(field.getLowerCaseName())
        || header == HttpHeader.X_FORWARDED_FOR
        || header != null && LAST.contains(header);
  }

  private static boolean forwards(HttpField field) {
    String name = field.getLowerCaseName();
    return name.startsWith("x-forwarded-") || NEVER.contains(name);
  }
}
