package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.junit.jupiter.api.Test;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.mock.env.MockEnvironment;

class TomcatRoomTest {
  private final MockEnvironment environment = new MockEnvironment();

  private int limitFor(int hubConnections) {
    TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory();
    new TomcatRoom(hubConnections, environment).customize(factory);
    Connector connector = new Connector();
    factory.getConnectorCustomizers().forEach(customizer -> customizer.customize(connector));
    return ((AbstractProtocol<?>) connector.getProtocolHandler()).getMaxConnections();
  }

  @Test
  void tomcatTakesAllConnectionsOfHubsAndAsManyOthersAsBefore() {
    assertThat(limitFor(20_000)).isEqualTo(28_192);
    assertThat(limitFor(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void limitThatTheApplicationSetsStays() {
    environment.setProperty("server.tomcat.max-connections", "100");
    assertThat(limitFor(20_000)).isEqualTo(8_192);
  }
}
