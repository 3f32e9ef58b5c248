package io.sharedredis.starter.hub;

import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Raises Tomcat's limit of connections, 8,192 by default, so that hubs reach theirs: beyond
 * Tomcat's clients are not refused but hang. A limit that the application sets itself stays.
 */
final class TomcatRoom
    implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory>, Ordered {

  /** Connections beside those of hubs; Tomcat's own default for all. */
  private static final int OTHERS = 8_192;

  private static final String SETTING = "server.tomcat.max-connections";

  private final int hubConnections;
  private final Environment environment;

  TomcatRoom(int hubConnections, Environment environment) {
    this.hubConnections = hubConnections;
    this.environment = environment;
  }

  @Override
  public void customize(ConfigurableTomcatWebServerFactory factory) {
    if (environment.containsProperty(SETTING)) {
      return;
    }
    factory.addConnectorCustomizers(
        connector -> {
          if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
              && protocol.getMaxConnections() >= 0) {
            int wanted = (int) Math.min(Integer.MAX_VALUE, (long) hubConnections + OTHERS);
            protocol.setMaxConnections(Math.max(protocol.getMaxConnections(), wanted));
          }
        });
  }

  /** After Boot's own, which sets its default. */
  @Override
  public int getOrder() {
    return 1;
  }
}
