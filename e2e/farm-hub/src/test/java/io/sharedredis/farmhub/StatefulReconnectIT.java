package io.sharedredis.farmhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.testkit.FaultyProxy;
import io.sharedredis.testkit.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Microsoft's client through a network that resets its connections while it works. */
class StatefulReconnectIT {

  private static final int CLIENTS = 5;

  private static final int RESETS = Integer.getInteger("stateful.resets", 8);

  private static RedisServer redis;
  private static FarmServer server;
  private static FaultyProxy proxy;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.startOwn();
    server = FarmServer.start("stateful-1", redis.url()).awaitReady();
    proxy = FaultyProxy.to("127.0.0.1", server.port());
  }

  @AfterAll
  static void stop() {
    proxy.close();
    server.close();
    redis.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "messagepack"})
  void clientsGoOnOverAnotherSocketAndMissAndRepeatNothing(String protocol) throws Exception {
    Random random = new Random(protocol.hashCode());
    try (StatefulClients clients = StatefulClients.start(proxy.port(), CLIENTS, protocol)) {
      for (int i = 1; i <= RESETS; i++) {
        // Some while of work between two losses, of no fixed length on purpose.
        LockSupport.parkNanos(random.nextInt(800) * 1_000_000L);
        proxy.reset();
        // The client tries once: a socket that is lost before it is open ends the connection.
        int sockets = CLIENTS * (1 + i);
        await().atMost(Duration.ofSeconds(30)).until(() -> clients.opened() >= sockets);
      }
      assertThat(connections()).isEqualTo(CLIENTS);
      JsonNode found = clients.finish();
      assertThat(found.get("failures")).as(found.toString()).isEmpty();
      assertThat(found.get("told").asInt()).isEqualTo(found.get("calls").asInt());
      assertThat(found.get("sockets").asInt()).isEqualTo(CLIENTS * (1 + RESETS));
      // The hub counts up at a connection and down at its end: each came and went once.
      await().atMost(Duration.ofSeconds(20)).until(() -> connections() == 0);
    }
  }

  private static int connections() throws Exception {
    HttpRequest whoAmI =
        HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/whoami")).build();
    String body = HttpClient.newHttpClient().send(whoAmI, BodyHandlers.ofString()).body();
    return JsonMapper.shared().readTree(body).get("connections").asInt();
  }
}
