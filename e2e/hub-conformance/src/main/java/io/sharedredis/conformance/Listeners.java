package io.sharedredis.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/**
 * Listens where {@code --urls} says, with http and https, and says so in Kestrel's words once it
 * serves. The certificate is for localhost, self-signed and public: a server for tests.
 */
@Configuration(proxyBeanMethods = false)
class Listeners {
  private static final char[] PUBLIC_PASSWORD = "changeit".toCharArray();

  private final List<URI> urls;
  // Each at its URL's place; the first of them is made last.
  private final Connector[] connectors;
  private final int mostConnections;

  Listeners(
      @Value("${conformance.urls}") String urls,
      @Value("${conformance.max-connections:0}") int mostConnections) {
    this.mostConnections = mostConnections;
    this.urls = Arrays.stream(urls.split(";")).map(String::strip).map(URI::create).toList();
    this.connectors = new Connector[this.urls.size()];
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> connectors() {
    return factory -> {
      factory.setPort(urls.get(0).getPort());
      if (mostConnections > 0) {
        factory.setProtocol(LimitedConnections.class.getName());
      }
      factory.addConnectorCustomizers(connector -> listen(connector, 0));
      for (int i = 1; i < urls.size(); i++) {
        Connector connector = new Connector(Http11NioProtocol.class.getName());
        listen(connector, i);
        factory.addAdditionalConnectors(connector);
      }
    };
  }

  private void listen(Connector connector, int place) {
    URI url = urls.get(place);
    connectors[place] = connector;
    if (connector.getProtocolHandler() instanceof LimitedConnections limited) {
      limited.setMost(mostConnections);
    }
    connector.setPort(url.getPort());
    connector.setProperty("address", url.getHost());
    if (url.getScheme().equals("https")) {
      connector.setScheme("https");
      connector.setSecure(true);
      SSLHostConfig host = new SSLHostConfig();
      SSLHostConfigCertificate certificate =
          new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
      certificate.setCertificateKeystore(keys());
      certificate.setCertificateKeystorePassword(new String(PUBLIC_PASSWORD));
      host.addCertificate(certificate);
      connector.addSslHostConfig(host);
      ((Http11NioProtocol) connector.getProtocolHandler()).setSSLEnabled(true);
    }
    ((AbstractProtocol<?>) connector.getProtocolHandler()).setTcpNoDelay(true);
  }

  private static KeyStore keys() {
    try (InputStream in = Listeners.class.getResourceAsStream("/localhost.p12")) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PUBLIC_PASSWORD);
      return keys;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the packaged certificate could not be read", e);
    }
  }

  /** With the ports they got: who asks for port 0 reads here which it is. */
  @EventListener(ApplicationReadyEvent.class)
  void announce() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < urls.size(); i++) {
      URI url = urls.get(i);
      lines.add(
          "Now listening on: %s://%s:%d"
              .formatted(url.getScheme(), url.getHost(), connectors[i].getLocalPort()));
    }
    System.out.println(String.join(System.lineSeparator(), lines));
  }
}
