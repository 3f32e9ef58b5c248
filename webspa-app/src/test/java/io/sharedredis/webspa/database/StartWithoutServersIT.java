package io.sharedredis.webspa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.webspa.farm.Client;
import io.sharedredis.webspa.farm.Databases;
import io.sharedredis.webspa.farm.Replica;
import io.sharedredis.webspa.farm.SharedShop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class StartWithoutServersIT {

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void replicaWaitsForRedisAndPostgresqlSaysWhichAndJoinsWhenTheyCome(CapturedOutput output)
      throws IOException {
    int redisPort = freePort();
    int databasePort = freePort();
    String database = Databases.create();
    URI real = URI.create(database.substring("jdbc:".length()));
    try (Replica replica =
        SharedShop.settings("jdbc:postgresql://localhost:" + databasePort + real.getPath())
            .set("BASKET_REDIS_URL", "redis://127.0.0.1:" + redisPort)
            .start("webspa-early")) {
      Client anybody = replica.as(null);
      assertThat(anybody.get("/liveness").status()).isEqualTo(200);
      assertThat(anybody.get("/readiness").status()).isEqualTo(503);
      assertThat(anybody.get("/readiness").body()).contains("\"database\":\"DOWN\"");
      assertThat(anybody.get("/readiness").body()).contains("\"shopRedis\":\"DOWN\"");
      Client.Answer early = anybody.get("/api/v1/catalog/items");
      assertThat(early.status()).isEqualTo(503);
      assertThat(early.header("Retry-After")).isNotEmpty();
      Awaitility.await()
          .atMost(20, TimeUnit.SECONDS)
          .until(
              () ->
                  output.getAll().contains("jdbc:postgresql://localhost:" + databasePort)
                      && output.getAll().contains("redis://127.0.0.1:" + redisPort));

      try (RedisServer redis = RedisServer.start(RedisOptions.defaults().withPort(redisPort));
          Forwarder forwarder = new Forwarder(databasePort, real.getPort())) {
        replica.awaitReady();
        assertThat(anybody.get("/api/v1/catalog/items").json().path("count").asInt()).isEqualTo(14);
        assertThat(redis.controlled()).isTrue();
        assertThat(forwarder.open()).isTrue();
      }
    }
  }

  @Test
  void settingsThatCannotBeRightStopTheStartAndAreNamed() {
    assertStartFails("IsClusterEnv", "perhaps", "IsClusterEnv");
    assertStartFails("BASKET_REDIS_URL", "http://nowhere", "BASKET_REDIS_URL");
    assertStartFails("IDENTITY_INTERNAL_URL", "identity:8080", "IDENTITY_INTERNAL_URL");
    assertStartFails("shared-redis.application-name", "", "application-name");
    assertStartFails("ORDER_GRACE_PERIOD", "-5s", "ORDER_GRACE_PERIOD");
  }

  private static void assertStartFails(String name, String value, String named) {
    assertThatThrownBy(
            () ->
                SharedShop.settings("jdbc:postgresql://localhost:1/none")
                    .set(name, value)
                    .start("webspa-wrong")
                    .close())
        .as(name)
        .hasStackTraceContaining(named);
  }

  /** Stands in for a PostgreSQL that comes up late: nothing listens until this does. */
  private static final class Forwarder implements AutoCloseable {

    private final ServerSocket server;

    Forwarder(int port, int target) throws IOException {
      server = new ServerSocket(port, 50, InetAddress.getByName("localhost"));
      Thread acceptor = new Thread(() -> accept(target), "forwarder");
      acceptor.setDaemon(true);
      acceptor.start();
    }

    private void accept(int target) {
      while (!server.isClosed()) {
        try {
          Socket from = server.accept();
          Socket to = new Socket("localhost", target);
          pump(from, to);
          pump(to, from);
        } catch (IOException e) {
          return;
        }
      }
    }

    private static void pump(Socket from, Socket to) {
      Thread pump =
          new Thread(
              () -> {
                try (from;
                    to) {
                  from.getInputStream().transferTo(to.getOutputStream());
                } catch (IOException e) {
                  // The other side went away: so does this one.
                }
              },
              "forwarder-pump");
      pump.setDaemon(true);
      pump.start();
    }

    boolean open() {
      return !server.isClosed();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
