package io.sharedredis.starter.hub;

import io.sharedredis.netty.tomcat.TomcatCheck;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.catalina.connector.Connector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/**
 * The ports of Tomcat whose sockets can be taken over. Looked at once, when the server has started,
 * and told in the log with the reason where one cannot; what comes before goes the portable way.
 */
final class TomcatPorts
    implements ApplicationListener<WebServerInitializedEvent>, Predicate<HttpServletRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(TomcatPorts.class);

  private final SocketPath wanted;
  private volatile Set<Integer> ports = Set.of();

  TomcatPorts(SocketPath wanted) {
    this.wanted = wanted;
  }

  @Override
  public boolean test(HttpServletRequest request) {
    return ports.contains(request.getLocalPort());
  }

  @Override
  public void onApplicationEvent(WebServerInitializedEvent event) {
    // The server of management has a namespace, and no hubs.
    if (event.getApplicationContext().getServerNamespace() != null) {
      return;
    }
    if (wanted == SocketPath.PORTABLE) {
      none("shared-redis.hub.sockets is portable");
      return;
    }
    if (!(event.getWebServer() instanceof TomcatWebServer tomcat)) {
      none(PortableServer.reason(event));
      return;
    }
    Set<Integer> found = new HashSet<>();
    String last = "Tomcat has no connector";
    for (Connector connector : tomcat.getTomcat().getService().findConnectors()) {
      String obstacle = TomcatCheck.obstacle(connector.getProtocolHandler());
      if (obstacle == null) {
        found.add(connector.getLocalPort());
        LOG.info(
            "Hub WebSockets on port {} live on event loops{}",
            connector.getLocalPort(),
            TomcatCheck.releasesBuffers() ? "" : ", Tomcat keeps its buffers of each");
      } else {
        last = "port " + connector.getLocalPort() + ": " + obstacle;
        LOG.info("Hub WebSockets take the portable path on {}", last);
      }
    }
    ports = Set.copyOf(found);
    if (found.isEmpty() && wanted == SocketPath.LOOP) {
      none(last);
    }
  }

  private void none(String why) {
    if (wanted == SocketPath.LOOP) {
      throw new IllegalStateException(
          "shared-redis.hub.sockets is loop, but no socket can be taken over: "
              + why
              + ". Use auto or portable.");
    }
    LOG.info("Hub WebSockets take the portable path: {}", why);
  }
}
