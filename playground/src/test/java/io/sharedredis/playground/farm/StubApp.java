package io.sharedredis.playground.farm;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Stands in for both apps where a test is about processes: reads the apps' environment, is ready at
 * once, and answers every path with a line that says which variables it was given.
 */
public final class StubApp {

  private StubApp() {}

  public static void main(String[] args) throws IOException {
    Map<String, String> env = System.getenv();
    int port = Integer.parseInt(env.get("SERVER_PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String body =
                exchange.getRequestURI().getPath()
                    + " IsClusterEnv="
                    + env.get("IsClusterEnv")
                    + " grace="
                    + env.get("ORDER_GRACE_PERIOD")
                    + "\n";
            exchange.getResponseHeaders().set("X-Replica", env.get("REPLICA_NAME"));
            exchange.sendResponseHeaders(200, body.length());
            exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
          }
        });
    server.start();
  }
}
