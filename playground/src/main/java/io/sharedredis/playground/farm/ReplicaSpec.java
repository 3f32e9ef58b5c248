package io.sharedredis.playground.farm;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/**
 * What one replica is started with.
 *
 * @param name unique name, also sent as {@code X-Replica}
 * @param app which application
 * @param port loopback port it listens on
 * @param jar executable jar
 * @param environment variables set on top of the launcher's own
 */
record ReplicaSpec(String name, App app, int port, Path jar, Map<String, String> environment) {

  ReplicaSpec {
    environment = Map.copyOf(environment);
  }

  /** Base URL without a path, which is what the gateway sends to. */
  URI origin() {
    return URI.create("http://localhost:" + port);
  }

  /** URL for people: where the app's first page is. */
  String url() {
    return origin() + app.contextPath() + "/";
  }
}
