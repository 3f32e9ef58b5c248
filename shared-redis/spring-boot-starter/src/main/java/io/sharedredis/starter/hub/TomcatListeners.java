package io.sharedredis.starter.hub;

import org.apache.catalina.connector.Connector;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** The ports at which hub clients come in, which a replica that stops closes before the rest. */
final class TomcatListeners implements ApplicationListener<WebServerInitializedEvent> {
  private volatile Connector[] connectors = {};

  @Override
  public void onApplicationEvent(WebServerInitializedEvent event) {
    if (event.getApplicationContext().getServerNamespace() == null
        && event.getWebServer() instanceof TomcatWebServer tomcat) {
      connectors = tomcat.getTomcat().getService().findConnectors();
    }
  }

  /** Takes no further connections; those that stand are served on. Idempotent. */
  void close() {
    for (Connector connector : connectors) {
      connector.getProtocolHandler().closeServerSocketGraceful();
    }
  }
}
