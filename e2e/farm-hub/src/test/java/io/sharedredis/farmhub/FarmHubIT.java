package io.sharedredis.farmhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.TransportEnum;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.RoundRobinProxy;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Three servers on one Redis behind plain round-robin, and what can happen to them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FarmHubIT {

  /** Of the promise: a dead owner is known within 2 s. The rest is this machine's business. */
  private static final Duration KNOWN_DEAD = Duration.ofMillis(2_500);

  /** Two clients, two negotiate versions, three transports, two protocols but for binary events. */
  private static final int COMBINATIONS = 2 * 2 * 5;

  private static RedisServer redis;
  private static FarmServer a;
  private static FarmServer b;
  private static FarmServer c;
  private static RoundRobinProxy proxy;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.startOwn();
    a = FarmServer.start("web-1", redis.url());
    b = FarmServer.start("web-2", redis.url());
    c = FarmServer.start("web-3", redis.url());
    for (FarmServer server : List.of(a, b, c)) {
      FarmServer unused = server.awaitReady();
    }
    proxy = RoundRobinProxy.before(a.port(), b.port(), c.port());
  }

  @AfterAll
  static void stop() {
    proxy.close();
    List.of(a, b, c).forEach(FarmServer::close);
    redis.close();
  }

  @Test
  @Order(1)
  void officialNodeClientsNeedNoAffinityOnAnyTransport() throws Exception {
    Process node =
        new ProcessBuilder("node", "matrix.mjs", "http://localhost:" + proxy.port() + "/hub")
            .directory(new File("src/test/clients"))
            .redirectError(Path.of("target", "matrix.log").toFile())
            .start();
    List<String> failed = new ArrayList<>();
    int passed = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode result = JsonMapper.shared().readTree(line);
        if (result.get("ok").asBoolean()) {
          passed++;
        } else {
          failed.add(line);
        }
      }
    } finally {
      node.destroyForcibly();
    }
    assertThat(failed).isEmpty();
    assertThat(passed).isEqualTo(COMBINATIONS);
    // Long polling alone has made far more requests than there are connections.
    assertThat(proxy.requests()).isGreaterThan(10 * COMBINATIONS);
  }

  @Test
  @Order(2)
  void microsoftsJavaClientNeedsNoAffinity() {
    for (TransportEnum transport : List.of(TransportEnum.WEBSOCKETS, TransportEnum.LONG_POLLING)) {
      HubConnection client =
          HubConnectionBuilder.create("http://localhost:" + proxy.port() + "/hub?user=ann")
              .withTransport(transport)
              .build();
      client.start().timeout(20, TimeUnit.SECONDS).blockingAwait();
      assertThat(client.invoke(String.class, "Echo", "hello").blockingGet()).isEqualTo("hello");
      assertThat(client.stream(Integer.class, "CountUp", 5, 1).toList().blockingGet())
          .containsExactly(1, 2, 3, 4, 5);
      client.stop().timeout(20, TimeUnit.SECONDS).blockingAwait();
    }
  }

  @Test
  @Order(3)
  void redisThatStallsDelaysARelayedPollAndEndsNothing() throws Exception {
    Polling client = Polling.open(a, b);
    CompletableFuture<HttpResponse<String>> waiting = client.poll(b);
    awaitHeldBy(waiting);
    redis.pause();
    // The owner has it and cannot say it.
    assertThat(client.echo(a, "late").statusCode()).isEqualTo(200);
    HttpResponse<String> refused = client.echo(c, "not now");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(waiting).isNotDone();
    redis.resume();
    assertThat(waiting.get(20, TimeUnit.SECONDS).body()).isEqualTo(Polling.echoed("late"));
    awaitEcho(client);
  }

  @Test
  @Order(4)
  void redisThatIsKilledAndForgetsEverythingEndsNothing() throws Exception {
    Polling client = Polling.open(b, c);
    CompletableFuture<HttpResponse<String>> waiting = client.poll(c);
    awaitHeldBy(waiting);
    redis.kill();
    assertThat(client.echo(b, "late").statusCode()).isEqualTo(200);
    // Who connects meanwhile is taken up by the server it reaches, and known to all afterwards.
    Polling meanwhile = Polling.open(a, a);
    assertThat(waiting).isNotDone();
    redis.startAgainEmpty();
    assertThat(waiting.get(20, TimeUnit.SECONDS).body()).isEqualTo(Polling.echoed("late"));
    awaitEcho(client);
    awaitEcho(meanwhile);
  }

  /** Every server finds the connection again, the one that never had to do with it too. */
  private static void awaitEcho(Polling client) throws Exception {
    for (FarmServer server : List.of(a, b, c)) {
      CompletableFuture<HttpResponse<String>> poll = client.poll(server);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> client.echo(server, "again").statusCode() == 200);
      assertThat(poll.get(20, TimeUnit.SECONDS).body()).startsWith(Polling.echoed("again"));
    }
  }

  @Test
  @Order(5)
  void serverThatStopsInOrderSendsItsPollingClientsElsewhereAndEndsSoon() throws Exception {
    FarmServer d = FarmServer.start("web-4", redis.url()).awaitReady();
    Polling owned = Polling.open(d, a);
    Polling relayed = Polling.open(a, d);
    CompletableFuture<HttpResponse<String>> ofTheOwner = owned.poll(b);
    CompletableFuture<HttpResponse<String>> atTheFront = relayed.poll(d);
    awaitHeldBy(ofTheOwner);
    awaitHeldBy(atTheFront);
    assertThat(d.stop(Duration.ofSeconds(20))).isTrue();
    assertThat(ofTheOwner.get(5, TimeUnit.SECONDS).body())
        .isEqualTo("{\"type\":7,\"allowReconnect\":true}\u001e");
    HttpResponse<String> pollAgain = atTheFront.get(5, TimeUnit.SECONDS);
    assertThat(pollAgain.statusCode()).isEqualTo(200);
    assertThat(pollAgain.body()).isEmpty();
    assertThat(relayed.echo(b, "still here").statusCode()).isEqualTo(200);
    assertThat(relayed.poll(c).get(20, TimeUnit.SECONDS).body())
        .isEqualTo(Polling.echoed("still here"));
  }

  @Test
  @Order(6)
  void ownerThatIsKilledIsKnownDeadWithinTwoSeconds() throws Exception {
    Polling client = Polling.open(c, a);
    CompletableFuture<HttpResponse<String>> waiting = client.poll(a);
    awaitHeldBy(waiting);
    c.kill();
    long killed = System.nanoTime();
    HttpResponse<String> answer = waiting.get(20, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("No Connection with that ID");
    assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(KNOWN_DEAD);
    long asked = System.nanoTime();
    assertThat(client.echo(b, "anybody").statusCode()).isEqualTo(404);
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(KNOWN_DEAD);
  }

  /** The poll has reached its owner: it neither ends nor fails for a moment. */
  private static void awaitHeldBy(CompletableFuture<HttpResponse<String>> poll) {
    await()
        .during(Duration.ofMillis(700))
        .atMost(Duration.ofSeconds(2))
        .until(() -> !poll.isDone());
  }
}
