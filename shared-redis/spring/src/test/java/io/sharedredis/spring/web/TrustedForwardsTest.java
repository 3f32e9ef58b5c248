package io.sharedredis.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.junit.jupiter.api.Test;

/** Each with what Jetty makes of it afterwards. */
class TrustedForwardsTest {
  private static final String GATEWAY = "10.1.2.3";
  private static final TrustedProxies PROXIES =
      TrustedProxies.parse("TRUSTED_PROXIES", "10.0.0.0/8, fd00:.*, 0:0:0:0:0:0:0:1");

  @Test
  void addressTheClientInventsBeforeTheGatewaysIsNotBelieved() throws Exception {
    assertThat(seen(GATEWAY, "X-Forwarded-For: 192.0.2.1, 203.0.113.7"))
        .isEqualTo("http://inner 203.0.113.7");
    assertThat(
            seen(GATEWAY, "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 203.0.113.7, 10.9.9.9"))
        .isEqualTo("http://inner 203.0.113.7");
    assertThat(seen(GATEWAY, "X-Forwarded-For: 192.0.2.1,203.0.113.7:4711 , 10.9.9.9:80,"))
        .isEqualTo("http://inner 203.0.113.7");
    assertThat(seen(GATEWAY, "X-Forwarded-For: 10.4.4.4, 10.5.5.5"))
        .isEqualTo("http://inner 10.4.4.4");
  }

  @Test
  void hostAndSchemeAreThoseTheGatewayWroteLast() throws Exception {
    assertThat(
            seen(
                GATEWAY,
                "X-Forwarded-For: 203.0.113.7",
                "X-Forwarded-Host: evil.example, shop.example",
                "X-Forwarded-Proto: http",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Port: 1, 443"))
        .isEqualTo("https://shop.example 203.0.113.7");
  }

  @Test
  void whatGatewaysPassOnFromClientsIsNeverBelieved() throws Exception {
    for (String passedOn :
        new String[] {
          "Forwarded: for=192.0.2.1;host=evil.example;proto=https",
          "X-Forwarded-Server: evil.example",
          "X-Proxied-Https: on",
          "Proxy-Auth-Cert: x",
          "Proxy-Ssl-Id: x"
        }) {
      assertThat(seen(GATEWAY, passedOn)).as(passedOn).isEqualTo("http://inner 10.1.2.3");
    }
  }

  @Test
  void gatewayIsKnownByItsIpv6Address() throws Exception {
    for (String gateway : new String[] {"::1", "fd00::7"}) {
      assertThat(seen(gateway, "X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: https"))
          .as(gateway)
          .isEqualTo("https://inner 203.0.113.7");
    }
    assertThat(seen("::1", "X-Forwarded-For: 203.0.113.7, [fd00::9]:80, fd00::8"))
        .isEqualTo("http://inner 203.0.113.7");
  }

  @Test
  void strangerIsNotBelievedAtAll() throws Exception {
    assertThat(
            seen(
                "192.0.2.9",
                "X-Forwarded-For: 203.0.113.7",
                "X-Forwarded-Host: evil.example",
                "X-Forwarded-Proto: https"))
        .isEqualTo("http://inner 192.0.2.9");
    assertThat(seen("fe80::1", "X-Forwarded-Proto: https")).startsWith("http://inner ");
  }

  @Test
  void otherHeadersStay() throws Exception {
    Request request = request(GATEWAY, "X-Forwarded-Prefix: /shop", "Forwarded: x", "Accept: a");
    Request shown = new TrustedForwards(PROXIES).customize(request, HttpFields.build());
    assertThat(shown.getHeaders().asString())
        .isEqualToIgnoringNewLines("X-Forwarded-Prefix: /shopAccept: a");
  }

  private static String seen(String peer, String... headers) throws Exception {
    HttpFields.Mutable answer = HttpFields.build();
    Request shown = new TrustedForwards(PROXIES).customize(request(peer, headers), answer);
    Request believed = new ForwardedRequestCustomizer().customize(shown, answer);
    HttpURI uri = believed.getHttpURI();
    return uri.getScheme() + "://" + uri.getHost() + " " + Request.getRemoteAddr(believed);
  }

  private static Request request(String peer, String... headers) throws Exception {
    HttpFields.Mutable fields = HttpFields.build();
    for (String header : headers) {
      String[] parts = header.split(": ", 2);
      fields.add(parts[0], parts[1]);
    }
    ConnectionMetaData connection = mock(ConnectionMetaData.class);
    when(connection.getRemoteSocketAddress())
        .thenReturn(new InetSocketAddress(InetAddress.getByName(peer), 50_000));
    when(connection.getHttpConfiguration()).thenReturn(new HttpConfiguration());
    Request request = mock(Request.class);
    when(request.getHeaders()).thenReturn(fields.asImmutable());
    when(request.getConnectionMetaData()).thenReturn(connection);
    when(request.getHttpURI()).thenReturn(HttpURI.from("http://inner/"));
    return request;
  }
}
