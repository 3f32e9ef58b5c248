package io.sharedredis.starter.hub;

import io.sharedredis.hub.server.HubConnections;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.junit.jupiter.api.Tag;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.test.context.TestPropertySource;

/** Clients of event streams that do not read. */
@Tag("whole")
@TestPropertySource(properties = "server.jetty.connection-idle-timeout=5s")
class EventStreamsJettyTest extends EventStreamsTest {

  EventStreamsJettyTest(
      @Autowired HubConnections connections, @Autowired WebServerApplicationContext web) {
    super(connections, web);
  }

  @Override
  long requestsInProgress(WebServer server) {
    return ((JettyWebServer) server)
        .getServer().getDescendants(StatisticsHandler.class).stream()
            .mapToLong(StatisticsHandler::getRequestsActive)
            .sum();
  }
}
