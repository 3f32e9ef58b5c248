package io.sharedredis.starter.hub;

import java.util.Arrays;
import org.apache.catalina.core.StandardContext;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.WebServer;

/** What Tomcat knows of its requests. Apart, for tests that run without Tomcat too. */
final class TomcatRequests {
  private TomcatRequests() {}

  static long inProgress(WebServer server) {
    return Arrays.stream(((TomcatWebServer) server).getTomcat().getHost().findChildren())
        .mapToLong(context -> ((StandardContext) context).getInProgressAsyncCount())
        .sum();
  }
}
