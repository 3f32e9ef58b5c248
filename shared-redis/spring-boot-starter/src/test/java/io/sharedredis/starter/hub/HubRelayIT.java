package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.TransportEnum;
import io.micrometer.core.instrument.MeterRegistry;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.lettuce.relay.Relay;
import io.sharedredis.lettuce.relay.RelayFailure;
import io.sharedredis.lettuce.relay.RelayKind;
import io.sharedredis.lettuce.relay.RelayListener;
import io.sharedredis.lettuce.relay.RelayRequest;
import io.sharedredis.lettuce.relay.TokenProof;
import io.sharedredis.spring.hub.HubGate;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.RoundRobinProxy;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Three replicas on one Redis; each request of a connection goes to another one. */
class HubRelayIT {
  private static final String HANDSHAKE = "{\"protocol\":\"json\",\"version\":1}\u001e";

  private static RedisServer redis;
  private static List<ConfigurableApplicationContext> replicas;
  private static RoundRobinProxy proxy;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    replicas = List.of(replica("a"), replica("b"), replica("c"));
    proxy = RoundRobinProxy.before(port(0), port(1), port(2));
  }

  private static ConfigurableApplicationContext replica(String name) {
    return new SpringApplicationBuilder(HubApp.class)
        .run(
            "--server.port=0",
            "--spring.application.name=hub-relay",
            "--shared-redis.replica-name=" + name,
            "--shared-redis.drain.notice=0s",
            // Sockets of both kinds in one farm.
            "--shared-redis.hub.sockets=" + (name.equals("b") ? "portable" : "loop"),
            // Calls are timed by our own hand or by that of observations.
            "--shared-redis.hub.observations=" + (name.equals("b") ? "always" : "auto"),
            "--shared-redis.hub.poll-timeout=3s",
            "--shared-redis.hub.endpoints.[/hub/secret].stateful-reconnect=true",
            "--IsClusterEnv=true",
            "--spring.data.redis.url=" + redis.url());
  }

  private static int port(int replica) {
    String port = replicas.get(replica).getEnvironment().getProperty("local.server.port");
    return Integer.parseInt(String.valueOf(port));
  }

  @AfterAll
  static void stop() {
    proxy.close();
    replicas.forEach(ConfigurableApplicationContext::close);
    redis.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"WEBSOCKETS", "LONG_POLLING"})
  void microsoftsJavaClientNeedsNoAffinity(TransportEnum transport) {
    HubConnection client =
        HubConnectionBuilder.create("http://localhost:" + proxy.port() + "/hub/open")
            .withTransport(transport)
            .build();
    client.start().timeout(20, TimeUnit.SECONDS).blockingAwait();
    for (int i = 0; i < 10; i++) {
      assertThat(client.invoke(String.class, "echo", "text " + i).blockingGet())
          .isEqualTo("text " + i);
    }
    assertThat(client.stream(Integer.class, "countdown", 50).toList().blockingGet())
        .isEqualTo(IntStream.rangeClosed(1, 50).mapToObj(i -> 50 - i).toList());
    assertThat(client.invoke(String.class, "large", 300_000).blockingGet())
        .isEqualTo("é".repeat(300_000));
    client.stop().timeout(20, TimeUnit.SECONDS).blockingAwait();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void pollsPostsAndDeleteFindTheirConnectionFromEverywhere(int version) throws Exception {
    String id = negotiate(0, version);
    HttpResponse<String> first = get(1, id);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).isEmpty();
    HttpResponse<String> posted = post(0, id, HANDSHAKE);
    assertThat(posted.statusCode()).isEqualTo(200);
    assertThat(posted.body()).isEmpty();
    HttpResponse<String> shaken = get(2, id);
    assertThat(shaken.statusCode()).isEqualTo(200);
    assertThat(shaken.body()).isEqualTo("{}\u001e");
    assertThat(shaken.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/octet-stream"));
    assertThat(shaken.headers().firstValue("Cache-Control")).contains("no-cache, no-store");
    for (int i = 0; i < 9; i++) {
      CompletableFuture<HttpResponse<String>> waiting = getAsync(i % 3, id);
      assertThat(post((i + 1) % 3, id, echo("word " + i)).statusCode()).isEqualTo(200);
      assertThat(waiting.get(20, TimeUnit.SECONDS).body()).isEqualTo(echoed("word " + i));
    }
    // Of two polls the newer one counts, at whichever replicas they are.
    CompletableFuture<HttpResponse<String>> one = getAsync(0, id);
    CompletableFuture<HttpResponse<String>> other = getAsync(2, id);
    Object replaced = CompletableFuture.anyOf(one, other).get(20, TimeUnit.SECONDS);
    assertThat(((HttpResponse<?>) replaced).statusCode()).isEqualTo(204);
    // A poll that finds nothing ends when its time is over.
    HttpResponse<String> nothing = (one.isDone() ? other : one).get(20, TimeUnit.SECONDS);
    assertThat(nothing.statusCode()).isEqualTo(200);
    assertThat(nothing.body()).isEmpty();
    CompletableFuture<HttpResponse<String>> last = getAsync(2, id);
    assertThat(post(2, id, echo("end")).statusCode()).isEqualTo(200);
    assertThat(last.get(20, TimeUnit.SECONDS).body()).isEqualTo(echoed("end"));
    assertThat(delete(0, id).statusCode()).isEqualTo(202);
    for (int replica = 0; replica < 3; replica++) {
      int asked = replica;
      await().untilAsserted(() -> assertThat(get(asked, id).statusCode()).isEqualTo(404));
      assertThat(post(replica, id, echo("late")).body()).isEqualTo("No Connection with that ID");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void eventStreamTakesPostsThatLandElsewhere(int version) throws Exception {
    String id = negotiate(0, version);
    HttpResponse<InputStream> events = HTTP.send(events(1, id), BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo(":");
      assertThat(post(2, id, HANDSHAKE).statusCode()).isEqualTo(200);
      assertThat(lines.readLine()).isEqualTo("data: {}\u001e");
      assertThat(lines.readLine()).isEmpty();
      for (int i = 0; i < 9; i++) {
        assertThat(post(i % 3, id, echo("word " + i)).statusCode()).isEqualTo(200);
        assertThat(lines.readLine()).isEqualTo("data: " + echoed("word " + i));
        assertThat(lines.readLine()).isEmpty();
      }
      assertThat(HTTP.send(events(0, id), BodyHandlers.ofString()).statusCode()).isEqualTo(409);
      assertThat(get(2, id).body()).isEqualTo("Cannot change transports mid-connection");
      assertThat(delete(0, id).statusCode()).isEqualTo(400);
      assertThat(post(0, id, "{\"type\":7}\u001e").statusCode()).isEqualTo(200);
      assertThat(lines.readLine()).isEqualTo("data: {\"type\":7}\u001e");
      assertThat(lines.readLine()).isEmpty();
      assertThat(lines.readLine()).isNull();
    }
  }

  @Test
  void webSocketTakesNoPostsAndNoSecondSocketAtAnyReplica() throws Exception {
    String id = negotiate(0, 1);
    WebSocket socket =
        HTTP.newWebSocketBuilder()
            .buildAsync(
                URI.create(uri(1, id).toString().replace("http:", "ws:")),
                new WebSocket.Listener() {})
            .join();
    HttpResponse<String> posted = post(2, id, echo("no"));
    assertThat(posted.statusCode()).isEqualTo(405);
    assertThat(posted.body()).isEqualTo("POST requests are not allowed for WebSocket connections.");
    assertThat(delete(0, id).statusCode()).isEqualTo(400);
    assertThat(get(0, id).body()).isEqualTo("Cannot change transports mid-connection");
    socket.abort();
  }

  @Test
  void whatWasPostedBeforeTheFirstPollGoesWithTheConnection() throws Exception {
    String id = negotiate(0, 1);
    assertThat(post(1, id, HANDSHAKE).statusCode()).isEqualTo(200);
    assertThat(post(2, id, echo("early")).statusCode()).isEqualTo(200);
    assertThat(get(2, id).statusCode()).isEqualTo(200);
    StringBuilder said = new StringBuilder();
    await()
        .untilAsserted(
            () -> {
              said.append(get(0, id).body());
              assertThat(said.toString()).isEqualTo("{}\u001e" + echoed("early"));
            });
    assertThat(delete(1, id).statusCode()).isEqualTo(202);
  }

  @Test
  void largeBodiesKeepTheirOrderInPieces() throws Exception {
    String id = negotiate(0, 1);
    assertThat(get(1, id).statusCode()).isEqualTo(200);
    // Many messages in one body, far more than one piece and than what may wait unread.
    StringBuilder body = new StringBuilder(HANDSHAKE);
    StringBuilder expected = new StringBuilder("{}\u001e");
    for (int i = 0; i < 4_000; i++) {
      body.append(echo("message number " + i));
      expected.append(echoed("message number " + i));
    }
    CompletableFuture<HttpResponse<String>> posted = postAsync(0, id, body.toString());
    StringBuilder said = new StringBuilder();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              said.append(get(2, id).body());
              return said.length() >= expected.length();
            });
    assertThat(said.toString()).isEqualTo(expected.toString());
    assertThat(posted.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(delete(0, id).statusCode()).isEqualTo(202);
  }

  @Test
  void tokensNobodyMadeAndPublicNamesReachNothing() throws Exception {
    JsonNode answer = negotiation(0, 1);
    String id = answer.get("connectionToken").asString();
    String name = answer.get("connectionId").asString();
    assertThat(get(1, id).statusCode()).isEqualTo(200);
    for (String wrong : List.of(name, "forged", id.substring(0, id.length() - 2) + "xx")) {
      for (int replica = 0; replica < 3; replica++) {
        assertThat(get(replica, wrong).statusCode()).isEqualTo(404);
        assertThat(post(replica, wrong, HANDSHAKE).statusCode()).isEqualTo(404);
        assertThat(delete(replica, wrong).statusCode()).isEqualTo(404);
      }
    }
    HttpRequest foreign =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port(2) + "/hub/secret?id=" + id))
            .header("Authorization", "Basic YWxpY2U6c2VjcmV0")
            .build();
    assertThat(HTTP.send(foreign, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    assertThat(delete(0, id).statusCode()).isEqualTo(202);
  }

  @Test
  void forgedRequestsThatNameAConnectionReachNothing() throws Exception {
    JsonNode answer = negotiation(0, 1);
    String id = answer.get("connectionToken").asString();
    String name = answer.get("connectionId").asString();
    assertThat(get(0, id).statusCode()).isEqualTo(200);
    long before = refused(0);
    for (RelayKind kind : RelayKind.values()) {
      assertThat(forged(kind, name, null)).as("%s without a proof", kind).isEqualTo(404);
      assertThat(forged(kind, name, TokenProof.of(name))).as("%s by name", kind).isEqualTo(404);
    }
    assertThat(refused(0) - before).isEqualTo(2L * RelayKind.values().length);
    // Nothing was posted, taken, moved or ended; and the token's own proof is believed.
    assertThat(post(1, id, HANDSHAKE).statusCode()).isEqualTo(200);
    assertThat(get(2, id).body()).isEqualTo("{}\u001e");
    assertThat(forged(RelayKind.DELETE, name, TokenProof.of(id))).isEqualTo(202);
  }

  @Test
  void whatReplicasDoForEachOtherIsMetered() throws Exception {
    String id = negotiate(0, 1);
    assertThat(get(0, id).statusCode()).isEqualTo(200);
    double asked = counted(1, "relay.asked");
    double answered = counted(0, "relay.answered");
    assertThat(post(1, id, HANDSHAKE).statusCode()).isEqualTo(200);
    assertThat(counted(1, "relay.asked")).isEqualTo(asked + 1);
    assertThat(counted(0, "relay.answered")).isEqualTo(answered + 1);
    assertThat(counted(0, "relay.owners.lost")).isNotNegative();
    assertThat(counted(0, "claims.alone")).isNotNegative();
    assertThat(counted(0, "claims.conflicts")).isZero();
    MeterRegistry meters = replicas.get(0).getBean(MeterRegistry.class);
    assertThat(meters.get("shared-redis.hub.claims").gauge().value()).isPositive();
    assertThat(meters.get("shared-redis.hub.relay.peers").gauge().value()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void callsAreTimedTheSameWithObservationsAndWithout(int replica) {
    HubConnection client =
        HubConnectionBuilder.create("http://localhost:" + port(replica) + "/hub/open")
            .withTransport(TransportEnum.WEBSOCKETS)
            .build();
    client.start().timeout(20, TimeUnit.SECONDS).blockingAwait();
    assertThat(client.invoke(String.class, "time").blockingGet()).isEqualTo("noon");
    client.invoke("refuse").onErrorComplete().blockingAwait();
    client.stop().timeout(20, TimeUnit.SECONDS).blockingAwait();
    MeterRegistry meters = replicas.get(replica).getBean(MeterRegistry.class);
    for (String[] call : new String[][] {{"time", "none"}, {"refuse", "HubException"}}) {
      assertThat(
              meters
                  .get("shared-redis.hub.invocation")
                  .tags("hub", HubApp.OpenHub.class.getName(), "method", call[0], "error", call[1])
                  .timer()
                  .count())
          .isPositive();
    }
  }

  private static double counted(int replica, String name) {
    return replicas
        .get(replica)
        .getBean(MeterRegistry.class)
        .get("shared-redis.hub." + name)
        .functionCounter()
        .count();
  }

  private static long refused(int replica) {
    return replicas
        .get(replica)
        .getBean(HubConnections.class)
        .meters()
        .counters()
        .getOrDefault("relays.refused", 0L);
  }

  /** The first replica's answer to what somebody says in the second one's stead. */
  private static int forged(RelayKind kind, String connection, @Nullable TokenProof proof)
      throws Exception {
    Relay relay = Objects.requireNonNull(replicas.get(1).getBean(HubGate.class).relay());
    CompletableFuture<Integer> status = new CompletableFuture<>();
    RelayListener listener =
        new RelayListener() {
          @Override
          public void ready() {}

          @Override
          public void reply(
              int said, @Nullable String type, int length, byte[] piece, boolean last) {
            status.complete(said);
          }

          @Override
          public void rest(byte[] piece, boolean last) {}

          @Override
          public void failed(RelayFailure why) {
            status.completeExceptionally(new IllegalStateException(why.name()));
          }
        };
    String owner = replicas.get(0).getBean(HubServerName.class).value();
    byte[] body = HANDSHAKE.getBytes(StandardCharsets.UTF_8);
    RelayRequest request = new RelayRequest(kind, connection, 1, "/hub/open", "alice", proof);
    assertThat(relay.ask(owner, request, body, true, listener)).isNotNull();
    return status.get(20, TimeUnit.SECONDS);
  }

  private static String echo(String text) {
    return "{\"type\":1,\"invocationId\":\"1\",\"target\":\"echo\",\"arguments\":[\""
        + text
        + "\"]}\u001e";
  }

  private static String echoed(String text) {
    return "{\"type\":3,\"invocationId\":\"1\",\"result\":\"" + text + "\"}\u001e";
  }

  private static JsonNode negotiation(int replica, int version) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://localhost:"
                        + port(replica)
                        + "/hub/open/negotiate?negotiateVersion="
                        + version))
            .POST(BodyPublishers.noBody())
            .build();
    JsonNode answer =
        JsonMapper.shared().readTree(HTTP.send(request, BodyHandlers.ofString()).body());
    assertThat(answer.get("availableTransports")).hasSize(3);
    return answer;
  }

  private static String negotiate(int replica, int version) throws Exception {
    String name = Map.of(0, "connectionId", 1, "connectionToken").get(version);
    return negotiation(replica, version).get(name).asString();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void connectionGoesOnForItsOwnUserOnly(int next) throws Exception {
    HttpRequest negotiation =
        HttpRequest.newBuilder(
                URI.create(
                    "http://localhost:"
                        + port(0)
                        + "/hub/secret/negotiate?negotiateVersion=1&useStatefulReconnect=true"))
            .header("Authorization", basic("alice"))
            .POST(BodyPublishers.noBody())
            .build();
    String token =
        JsonMapper.shared()
            .readTree(HTTP.send(negotiation, BodyHandlers.ofString()).body())
            .get("connectionToken")
            .asString();
    BlockingQueue<String> first = new LinkedBlockingQueue<>();
    WebSocket socket = secret(0, token, "alice", first).get(20, TimeUnit.SECONDS);
    socket.sendText(HANDSHAKE.replace("1", "2"), true).get(20, TimeUnit.SECONDS);
    awaitPart(first, "{}");
    // Neither while the connection has a socket nor when it has lost it.
    assertThat(secret(next, token, "root", first)).satisfies(HubRelayIT::isRefused);
    socket
        .sendText(
            "{\"type\":1,\"invocationId\":\"1\",\"target\":\"whoAmI\",\"arguments\":[]}\u001e",
            true)
        .get(20, TimeUnit.SECONDS);
    awaitPart(first, "alice alice");
    socket.abort();
    assertThat(secret(next, token, "root", first)).satisfies(HubRelayIT::isRefused);
    BlockingQueue<String> second = new LinkedBlockingQueue<>();
    WebSocket back = secret(next, token, "alice", second).get(20, TimeUnit.SECONDS);
    awaitPart(second, "\"type\":9");
    back.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
  }

  private static String basic(String user) {
    byte[] credentials = (user + ":secret").getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  private static CompletableFuture<WebSocket> secret(
      int replica, String token, String user, BlockingQueue<String> parts) {
    return HTTP.newWebSocketBuilder()
        .header("Authorization", basic(user))
        .buildAsync(
            URI.create("ws://localhost:" + port(replica) + "/hub/secret?id=" + token),
            new WebSocket.Listener() {
              @Override
              public @Nullable CompletionStage<?> onText(
                  WebSocket from, CharSequence data, boolean last) {
                parts.add(data.toString());
                from.request(1);
                return null;
              }
            });
  }

  private static void isRefused(CompletableFuture<WebSocket> opening) {
    assertThat(opening)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableOfType(ExecutionException.class)
        .havingCause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(404));
  }

  private static void awaitPart(BlockingQueue<String> parts, String wanted) throws Exception {
    String part = "";
    while (!part.contains(wanted)) {
      part = parts.poll(20, TimeUnit.SECONDS);
      assertThat(part).as(wanted).isNotNull();
    }
  }

  private static HttpRequest events(int replica, String id) {
    return HttpRequest.newBuilder(uri(replica, id)).header("Accept", "text/event-stream").build();
  }

  private static HttpResponse<String> get(int replica, String id) throws Exception {
    return getAsync(replica, id).get(20, TimeUnit.SECONDS);
  }

  private static CompletableFuture<HttpResponse<String>> getAsync(int replica, String id) {
    return HTTP.sendAsync(
        HttpRequest.newBuilder(uri(replica, id)).GET().build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(int replica, String id, String body) throws Exception {
    return postAsync(replica, id, body).get(20, TimeUnit.SECONDS);
  }

  private static CompletableFuture<HttpResponse<String>> postAsync(
      int replica, String id, String body) {
    return HTTP.sendAsync(
        HttpRequest.newBuilder(uri(replica, id)).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> delete(int replica, String id) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(uri(replica, id)).DELETE().build(), BodyHandlers.ofString());
  }

  private static URI uri(int replica, String id) {
    return URI.create("http://localhost:" + port(replica) + "/hub/open?id=" + id);
  }
}
