package io.sharedredis.starter.hub;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** Says at the start, where there is no Tomcat, how hub WebSockets are carried. */
final class PortableServer implements ApplicationListener<WebServerInitializedEvent> {
  private static final Logger LOG = LoggerFactory.getLogger(PortableServer.class);

  @Override
  public void onApplicationEvent(WebServerInitializedEvent event) {
    // The server of management has a namespace, and no hubs.
    if (event.getApplicationContext().getServerNamespace() == null) {
      LOG.info("Hub WebSockets take the portable path: {}", reason(event));
    }
  }

  /** Why sockets cannot be taken over from a server. */
  static String reason(WebServerInitializedEvent event) {
    return "the server is " + event.getWebServer().getClass().getSimpleName() + ", not Tomcat";
  }
}
