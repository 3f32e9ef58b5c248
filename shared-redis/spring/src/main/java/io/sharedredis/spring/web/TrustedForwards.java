package io.sharedredis.spring.web;

import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Hides forwarded headers of peers that are no {@linkplain TrustedProxies trusted proxies} from
 * Jetty, which believes whoever sends them. To be asked before {@code ForwardedRequestCustomizer}.
 */
public final class TrustedForwards implements HttpConfiguration.Customizer {

  /** What Jetty reads beside {@code X-Forwarded-…}. */
  private static final Set<String> OTHERS =
      Set.of("forwarded", "x-proxied-https", "proxy-auth-cert", "proxy-ssl-id");

  private final Pattern trusted;

  public TrustedForwards(TrustedProxies proxies) {
    this.trusted = Pattern.compile(proxies.regex());
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    String peer = Request.getRemoteAddr(request);
    if (peer != null && trusted.matcher(peer).matches()) {
      return request;
    }
    HttpFields sent = request.getHeaders();
    if (sent.stream().noneMatch(TrustedForwards::forwards)) {
      return request;
    }
    HttpFields.Mutable kept = HttpFields.build();
    sent.stream().filter(field -> !forwards(field)).forEach(kept::add);
    HttpFields headers = kept.asImmutable();
    return new Request.Wrapper(request) {
      @Override
      public HttpFields getHeaders() {
        return headers;
      }
    };
  }

  private static boolean forwards(HttpField field) {
    String name = field.getLowerCaseName();
    return name.startsWith("x-forwarded-") || OTHERS.contains(name);
  }
}
