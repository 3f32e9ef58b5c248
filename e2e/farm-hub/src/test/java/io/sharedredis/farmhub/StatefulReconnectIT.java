package io.sharedredis.farmhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.testkit.FaultyProxy;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.RoundRobinProxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Microsoft's client, which loses its sockets while it works: it goes on with its connection, at
 * the same server or another one, and neither side misses or repeats a message.
 */
class StatefulReconnectIT {

  private static final int CLIENTS = 5;

  private static final int RESETS = Integer.getInteger("stateful.resets", 6);

  /** Of a server that is drained under load; the proof {@code drain} has more. */
  private static final int DRAINED = Integer.getInteger("stateful.drained", 20);

  private static final String RELIABLE = "--shared-redis.hub.reliable.enabled=true";

  private static RedisServer redis;
  private static FarmServer a;
  private static FarmServer b;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.startOwn();
    a = FarmServer.start("stateful-1", redis.url(), RELIABLE);
    b = FarmServer.start("stateful-2", redis.url(), RELIABLE);
    FarmServer unused = a.awaitReady();
    unused = b.awaitReady();
  }

  @AfterAll
  static void stop() {
    a.close();
    b.close();
    redis.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "messagepack"})
  void clientsGoOnOverAnotherSocketAndMissAndRepeatNothing(String protocol) throws Exception {
    try (FaultyProxy proxy = FaultyProxy.to("127.0.0.1", a.port())) {
      resetAtWork(proxy, protocol);
      // The hub counts up at a connection and down at its end: each came and went once.
      await().atMost(Duration.ofSeconds(20)).until(() -> connections(a) == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "messagepack"})
  void clientsGoOnAtWhicheverServerTheirNextSocketReaches(String protocol) throws Exception {
    try (RoundRobinProxy farm = RoundRobinProxy.before(a.port(), b.port());
        FaultyProxy proxy = FaultyProxy.to("127.0.0.1", farm.port())) {
      resetAtWork(proxy, protocol);
    }
  }

  private static void resetAtWork(FaultyProxy proxy, String protocol) throws Exception {
    Random random = new Random(protocol.hashCode());
    String method = protocol.equals("json") ? "SendGroup" : "SendGroupReliably";
    try (StatefulClients clients = StatefulClients.start(proxy.port(), CLIENTS, protocol);
        Speaker speaker = new Speaker(b.port(), CLIENTS, method)) {
      clients.awaitOpened(CLIENTS);
      for (int i = 1; i <= RESETS; i++) {
        // Some while of work between two losses, of no fixed length on purpose.
        LockSupport.parkNanos(random.nextInt(800) * 1_000_000L);
        proxy.reset();
        // The client tries once: a socket that is lost before it is open ends the connection.
        clients.awaitOpened(CLIENTS * (1 + i));
      }
      JsonNode found = clients.finish(speaker.stop());
      assertThat(found.get("failures")).as(found.toString()).isEmpty();
      assertThat(found.get("told").asInt()).isEqualTo(found.get("calls").asInt());
      assertThat(found.get("sockets").asInt()).isEqualTo(CLIENTS * (1 + RESETS));
    }
  }

  @Test
  void serverThatStopsUnderLoadLosesAndRepeatsNothing() throws Exception {
    FarmServer c = FarmServer.start("stateful-3", redis.url(), RELIABLE).awaitReady();
    try (RoundRobinProxy farm = RoundRobinProxy.before(c.port(), a.port(), b.port());
        StatefulClients clients = StatefulClients.start(farm.port(), DRAINED, "json");
        Speaker speaker = new Speaker(b.port(), DRAINED, "SendGroupReliably")) {
      int here = connections(c);
      assertThat(here).isGreaterThan(DRAINED / 4);
      LockSupport.parkNanos(500_000_000L);
      assertThat(c.stop(Duration.ofSeconds(60))).isTrue();
      LockSupport.parkNanos(500_000_000L);
      JsonNode found = clients.finish(speaker.stop());
      assertThat(found.get("failures")).as(found.toString()).isEmpty();
      assertThat(found.get("told").asInt()).isEqualTo(found.get("calls").asInt());
      assertThat(found.get("sockets").asInt()).isGreaterThanOrEqualTo(DRAINED + here);
      System.out.println("drained " + here + " of " + DRAINED + " clients: " + found);
    } finally {
      c.close();
    }
  }

  @Test
  void serverThatStopsAndIsAlwaysTriedFirstLosesAndRepeatsNothing() throws Exception {
    FarmServer c = FarmServer.start("stateful-4", redis.url(), RELIABLE).awaitReady();
    try (RoundRobinProxy farm = RoundRobinProxy.firstOf(c.port(), a.port(), b.port());
        StatefulClients clients = StatefulClients.start(farm.port(), CLIENTS, "messagepack");
        Speaker speaker = new Speaker(b.port(), CLIENTS)) {
      assertThat(connections(c)).isEqualTo(CLIENTS);
      clients.awaitOpened(CLIENTS);
      assertThat(c.stop(Duration.ofSeconds(60))).isTrue();
      // Back at the server that stops, as long as it takes connections, and then elsewhere.
      clients.awaitOpened(CLIENTS * 3);
      JsonNode found = clients.finish(speaker.stop());
      assertThat(found.get("failures")).as(found.toString()).isEmpty();
      assertThat(found.get("told").asInt()).isEqualTo(found.get("calls").asInt());
    } finally {
      c.close();
    }
  }

  /**
   * Answered within 2 s where processes get their turn; the bound leaves room for a busy machine.
   */
  @Test
  void clientsOfAServerThatIsGoneAreToldSoWhereverTheyComeBack() throws Exception {
    FarmServer c = FarmServer.start("stateful-5", redis.url(), RELIABLE).awaitReady();
    try {
      SingleSocket one = SingleSocket.open(c.port());
      SingleSocket other = SingleSocket.open(c.port());
      c.freeze();
      long silent = one.refusedWithin(b.port(), Duration.ofSeconds(10));
      c.kill();
      long killed = other.refusedWithin(a.port(), Duration.ofSeconds(10));
      System.out.println(
          "gone: 404 after " + silent + " ms of silence, " + killed + " ms of death");
    } finally {
      c.close();
    }
  }

  private static int connections(FarmServer server) throws Exception {
    HttpRequest whoAmI =
        HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/whoami")).build();
    String body = HttpClient.newHttpClient().send(whoAmI, BodyHandlers.ofString()).body();
    return JsonMapper.shared().readTree(body).get("connections").asInt();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "stateful"})
  void clientWhoseServerIsKilledGetsWhatItMissedByItsResumeId(String kind) throws Exception {
    boolean stateful = kind.equals("stateful");
    // The first socket reaches the one that is to be killed; the others may or may not.
    try (FarmServer d = FarmServer.start("killed-" + kind, redis.url(), RELIABLE).awaitReady();
        RoundRobinProxy farm =
            stateful
                ? RoundRobinProxy.before(a.port(), d.port(), a.port())
                : RoundRobinProxy.before(d.port(), a.port());
        Speaker speaker = new Speaker(b.port(), 20, "SendGroupReliably");
        ResumingClient client =
            ResumingClient.start(farm.port(), stateful ? "messagepack" : "json", kind)) {
      assertThat(client.next().path("app").asString()).isEqualTo("killed-" + kind);
      // Longer than it takes to note a place.
      LockSupport.parkNanos(5_000_000_000L);
      d.kill();
      assertThat(client.next().path("app").asString()).isEqualTo("stateful-1");
      LockSupport.parkNanos(500_000_000L);

      JsonNode heard = client.finish("all " + speaker.stop());

      System.out.println("back by its resume id: " + heard);
      assertThat(heard.path("wrong")).as(heard.toString()).isEmpty();
      assertThat(heard.path("orderly").asBoolean()).as(heard.toString()).isTrue();
      assertThat(heard.path("connected").asInt()).isEqualTo(2);
      // 2 s and two round trips, of one message each 2 ms; this machine may be slow.
      assertThat(heard.path("repeated").asInt()).as(heard.toString()).isLessThan(2_500);
    }
  }
}
