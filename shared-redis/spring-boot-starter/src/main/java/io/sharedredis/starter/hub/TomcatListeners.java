package io.sharedredis.starter.hub;

import org.apache.catalina.connector.Connector;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** The connectors of Tomcat. */
final class TomcatListeners
    implements HubListeners, ApplicationListener<WebServerInitializedEvent> {
  private volatile Connector[] connectors = {};

  @Override
  public void onApplicationEvent(WebServerInitializedEvent event) {
    if (event.getApplicationContext().getServerNamespace() == null
        && event.getWebServer() instanceof TomcatWebServer tomcat) {
      connectors = tomcat.getTomcat().getService().findConnectors();
    }
  }

  @Override
  public void close() {
    for (Connector connector : connectors) {
      connector.getProtocolHandler().closeServerSocketGraceful();
    }
  }
}
