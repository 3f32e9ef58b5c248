package io.sharedredis.starter.hub;

import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** The connectors of Jetty. */
final class JettyListeners implements HubListeners, ApplicationListener<WebServerInitializedEvent> {
  private volatile Connector[] connectors = {};

  @Override
  public void onApplicationEvent(WebServerInitializedEvent event) {
    if (event.getApplicationContext().getServerNamespace() == null
        && event.getWebServer() instanceof JettyWebServer jetty) {
      connectors = jetty.getServer().getConnectors();
    }
  }

  @Override
  public void close() {
    for (Connector connector : connectors) {
      if (connector instanceof NetworkConnector port) {
        port.close();
      }
    }
  }
}
