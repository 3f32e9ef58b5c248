package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.HubConnectionState;
import com.microsoft.signalr.TransportEnum;
import io.sharedredis.hub.Presence;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.lettuce.backplane.BackplaneException;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.starter.hub.HubApp.OrderNotifier;
import io.sharedredis.starter.hub.HubApp.OrderState;
import io.sharedredis.testkit.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two replicas of an application, a client on each, and one Redis between them. */
class HubAcrossReplicasIT {

  private static final Duration SOON = Duration.ofSeconds(10);

  private static RedisServer redis;
  private static ConfigurableApplicationContext a;
  private static ConfigurableApplicationContext b;

  @BeforeAll
  static void startReplicas() {
    redis = RedisServer.startOwn();
    a = start("web-1");
    b = start("web-2");
  }

  @AfterAll
  static void stopReplicas() {
    a.close();
    b.close();
    redis.close();
  }

  private static ConfigurableApplicationContext start(String name) {
    return new SpringApplicationBuilder(HubApp.class)
        .properties(
            "server.port=0",
            "spring.application.name=hubs",
            "IsClusterEnv=true",
            "REPLICA_NAME=" + name,
            "SignalrStoreConnectionString=" + redis.url(),
            "spring.data.redis.url=" + redis.url(),
            "management.endpoints.web.exposure.include=backplane",
            "shared-redis.hub.presence.enabled=true",
            "shared-redis.drain.notice=0s")
        .run();
  }

  @Test
  void messageFromOneReplicaReachesTheUserOnTheOtherOnce() {
    try (Client onA = new Client(a, "alice");
        Client onB = new Client(b, "alice");
        Client other = new Client(b, "root")) {
      notifier(a).paid("alice", 1);
      notifier(b).paidUntyped("alice", 2);

      for (Client client : List.of(onA, onB)) {
        await()
            .atMost(SOON)
            .untilAsserted(() -> assertThat(client.orders).containsExactlyInAnyOrder(1, 2));
      }
      assertThat(other.orders).isEmpty();
    }
  }

  @Test
  void clientsOutliveRedisAndHearEachOtherAgainWhenItIsBack() throws Exception {
    try (Client onA = new Client(a, "alice");
        Client onB = new Client(b, "alice")) {
      redis.kill();
      await().atMost(SOON).until(() -> !backplane(a).settled() && !backplane(b).settled());
      assertThat(state(a).get("bus").get("settled").asBoolean()).isFalse();
      assertThatThrownBy(() -> notifier(a).paid("alice", 1))
          .hasRootCauseInstanceOf(BackplaneException.class)
          .hasMessageContaining("was not sent to other replicas");
      await().atMost(SOON).until(() -> onA.orders.contains(1));

      redis.startAgainEmpty();
      await()
          .atMost(Duration.ofSeconds(2))
          .until(() -> backplane(a).settled() && backplane(b).settled());
      notifier(a).paid("alice", 2);
      await().atMost(SOON).until(() -> onA.orders.contains(2) && onB.orders.contains(2));

      assertThat(onA.orders).containsExactly(1, 2);
      assertThat(onB.orders).containsExactly(2);
      assertThat(onA.connection.getConnectionState()).isEqualTo(HubConnectionState.CONNECTED);
      assertThat(onB.connection.getConnectionState()).isEqualTo(HubConnectionState.CONNECTED);
    }
  }

  @Test
  void everyReplicaKnowsTheUsersOfAll() {
    try (Client onA = new Client(a, "alice");
        Client onB = new Client(b, "alice");
        Client other = new Client(b, "root")) {
      for (ConfigurableApplicationContext replica : List.of(a, b)) {
        Presence presence = notifier(replica).presence();
        await()
            .atMost(SOON)
            .until(
                () -> presence.users().count().toCompletableFuture().get(10, TimeUnit.SECONDS),
                new Presence.Count(2, false)::equals);
        assertThat(presence.group("alice").page(null, 10).toCompletableFuture().join().names())
            .containsExactlyInAnyOrder(
                onA.connection.getConnectionId(), onB.connection.getConnectionId());
        assertThat(other.connection.getConnectionId()).isNotNull();
      }
    }
  }

  @Test
  void operatorSeesHowTheReplicasAreJoinedAndNoUser() throws Exception {
    try (Client onA = new Client(a, "alice");
        Client onB = new Client(b, "alice")) {
      notifier(a).paid("alice", 3);
      await().atMost(SOON).until(() -> onA.orders.contains(3) && onB.orders.contains(3));
      String hub = HubApp.SecretHub.class.getName();
      // Announced every 1.5 s.
      await()
          .atMost(SOON)
          .until(
              () -> {
                JsonNode peer = hub(state(a), hub).path("peers").path(0);
                return peer.path("alive").asBoolean() && peer.path("connections").asInt() == 1;
              });

      JsonNode state = state(a);
      assertThat(state.get("kind").asString()).isEqualTo("redis");
      assertThat(state.get("server").asString()).startsWith("web-1_");
      assertThat(state.get("redis").asString()).startsWith("redis://");
      assertThat(state.get("bus").toString())
          .isEqualTo("{\"publishing\":true,\"listening\":true,\"settled\":true,\"unconfirmed\":0}");
      assertThat(state.get("subscriptions").get("connection").asInt()).isEqualTo(1);
      assertThat(state.get("subscriptions").get("user").asInt()).isEqualTo(1);
      assertThat(state.get("subscriptions").get("probe").asInt()).isEqualTo(1);
      assertThat(state.get("subscriptions").has("other")).isFalse();
      assertThat(state.get("counters").get("published").asLong()).isPositive();
      assertThat(state.get("lag").get("maxMillis").asDouble()).isPositive();
      JsonNode its = hub(state, hub);
      assertThat(its.get("connections").asInt()).isEqualTo(1);
      assertThat(its.get("gateOpen").asBoolean()).isTrue();
      assertThat(its.get("held").asInt() + its.get("missing").asInt()).isZero();
      assertThat(its.get("peers").get(0).get("server").asString()).startsWith("web-2_");
      assertThat(state.toString()).doesNotContain("alice").doesNotContain("secret:");
    }
  }

  private static JsonNode hub(JsonNode state, String name) {
    for (JsonNode hub : state.get("hubs")) {
      if (hub.get("name").asString().equals(name)) {
        return hub;
      }
    }
    throw new AssertionError("no hub " + name + " in " + state);
  }

  private static JsonNode state(ConfigurableApplicationContext replica) throws Exception {
    String port = replica.getEnvironment().getProperty("local.server.port");
    String credentials =
        Base64.getEncoder().encodeToString("root:secret".getBytes(StandardCharsets.UTF_8));
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://localhost:" + port + "/actuator/backplane"))
                    .header("Authorization", "Basic " + credentials)
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private static OrderNotifier notifier(ConfigurableApplicationContext replica) {
    return replica.getBean(OrderNotifier.class);
  }

  private static RedisBackplane backplane(ConfigurableApplicationContext replica) {
    return (RedisBackplane) replica.getBean(HubLifetimeFactory.class);
  }

  private static final class Client implements AutoCloseable {
    final List<Integer> orders = new CopyOnWriteArrayList<>();
    final HubConnection connection;

    Client(ConfigurableApplicationContext replica, String user) {
      String port = replica.getEnvironment().getProperty("local.server.port");
      String credentials =
          Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
      connection =
          HubConnectionBuilder.create("http://localhost:" + port + "/hub/secret")
              .withTransport(TransportEnum.WEBSOCKETS)
              .withHeader("Authorization", "Basic " + credentials)
              .build();
      connection.on("UpdatedOrderState", order -> orders.add(order.orderId()), OrderState.class);
      connection.start().timeout(10, TimeUnit.SECONDS).blockingAwait();
      // Answered after onConnected has put the connection into its group.
      assertThat(connection.invoke(String.class, "whoAmI").blockingGet()).startsWith(user);
    }

    @Override
    public void close() {
      connection.stop().timeout(10, TimeUnit.SECONDS).blockingAwait();
    }
  }
}
