package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.testkit.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two replicas on one Redis, whose requests go wherever they like. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HubFarmIT {
  private static RedisServer redis;
  private static ConfigurableApplicationContext a;
  private static ConfigurableApplicationContext b;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    redis = RedisServer.start();
    a = replica("a");
    b = replica("b");
  }

  private static ConfigurableApplicationContext replica(String name) {
    return new SpringApplicationBuilder(HubApp.class)
        .run(
            "--server.port=0",
            "--spring.application.name=hub-farm",
            "--shared-redis.replica-name=" + name,
            "--shared-redis.drain.notice=0s",
            // Sockets of both kinds in one farm.
            "--shared-redis.hub.sockets=" + (name.equals("b") ? "portable" : "loop"),
            "--IsClusterEnv=true",
            "--spring.data.redis.url=" + redis.url());
  }

  @AfterAll
  static void stop() {
    a.close();
    b.close();
    redis.close();
  }

  /** A client whose negotiation and socket need not meet the same replica. */
  private static final class Client implements WebSocket.Listener {
    final String id;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    Client(ConfigurableApplicationContext negotiateAt, ConfigurableApplicationContext connectAt)
        throws Exception {
      JsonNode answer = negotiate(negotiateAt);
      id = answer.get("connectionId").asString();
      socket = open(connectAt, answer.get("connectionToken").asString(), this);
      send("{\"protocol\":\"json\",\"version\":1}");
      assertThat(next()).isEqualTo("{}");
      call("ready", "echo", "\"open\"");
      assertThat(next()).contains("open");
    }

    void send(String message) {
      socket.sendText(message + "\u001e", true).join();
    }

    void call(String callId, String target, String arguments) {
      send(
          "{\"type\":1,\"invocationId\":\""
              + callId
              + "\",\"target\":\""
              + target
              + "\",\"arguments\":["
              + arguments
              + "]}");
    }

    String next() throws InterruptedException {
      String message = messages.poll(20, TimeUnit.SECONDS);
      assertThat(message).as("a message for " + id).isNotNull();
      return message;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        for (String message : partial.toString().split("\u001e")) {
          if (!message.equals("{\"type\":6}")) {
            messages.add(message);
          }
        }
        partial.setLength(0);
      }
      from.request(1);
      return null;
    }

    void close() {
      socket.abort();
    }
  }

  private static String base(ConfigurableApplicationContext replica) {
    return "localhost:" + replica.getEnvironment().getProperty("local.server.port") + "/hub/open";
  }

  private static JsonNode negotiate(ConfigurableApplicationContext replica) throws Exception {
    return negotiate(replica, 1);
  }

  private static JsonNode negotiate(ConfigurableApplicationContext replica, int version)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://" + base(replica) + "/negotiate?negotiateVersion=" + version))
            .POST(BodyPublishers.noBody())
            .build();
    return JsonMapper.shared().readTree(HTTP.send(request, BodyHandlers.ofString()).body());
  }

  private static WebSocket open(
      ConfigurableApplicationContext replica, String token, WebSocket.Listener listener) {
    return HTTP.newWebSocketBuilder()
        .buildAsync(URI.create("ws://" + base(replica) + "?id=" + token), listener)
        .join();
  }

  @Test
  @Order(1)
  void connectionNegotiatedOnOneReplicaOpensOnAnotherOnce() throws Exception {
    JsonNode answer = negotiate(a);
    assertThat(answer.get("availableTransports")).hasSize(3);
    String token = answer.get("connectionToken").asString();
    open(b, token, new WebSocket.Listener() {}).abort();
    assertThatThrownBy(() -> open(b, token, new WebSocket.Listener() {})).isNotNull();
    assertThatThrownBy(() -> open(a, token, new WebSocket.Listener() {})).isNotNull();
    assertThatThrownBy(() -> open(a, "forged", new WebSocket.Listener() {})).isNotNull();
  }

  @Test
  @Order(1)
  void connectionOfNegotiateVersionZeroOpensOnAnotherReplicaOnce() throws Exception {
    String id = negotiate(a, 0).get("connectionId").asString();
    open(b, id, new WebSocket.Listener() {}).abort();
    assertThatThrownBy(() -> open(a, id, new WebSocket.Listener() {})).isNotNull();
    // The public name of a connection with a secret token opens nothing.
    String named = negotiate(a, 1).get("connectionId").asString();
    assertThatThrownBy(() -> open(b, named, new WebSocket.Listener() {})).isNotNull();
  }

  @Test
  @Order(2)
  void messageFromOneReplicaReachesEachClientOfBothOnce() throws Exception {
    Client onA = new Client(b, a);
    Client onB = new Client(a, b);
    onA.call("1", "toEverybody", "7");
    for (Client client : new Client[] {onA, onB}) {
      String first = client.next();
      String message = first.contains("\"type\":3") ? client.next() : first;
      assertThat(message)
          .isEqualTo(
              "{\"type\":1,\"target\":\"UpdatedOrderState\",\"arguments\":[{\"orderId\":7,\"status\":\"Paid\"}]}");
    }
    onB.call("2", "echo", "\"end\"");
    assertThat(onB.next()).contains("end");
    onA.close();
    onB.close();
  }

  @Test
  @Order(3)
  void hubAwaitsTheAnswerOfAClientOfAnotherReplica() throws Exception {
    Client onA = new Client(a, a);
    Client onB = new Client(b, b);
    onA.call("1", "askOther", "\"" + onB.id + "\"");
    JsonNode question = JsonMapper.shared().readTree(onB.next());
    assertThat(question.get("target").asString()).isEqualTo("ask");
    onB.send(
        "{\"type\":3,\"invocationId\":\""
            + question.get("invocationId").asString()
            + "\",\"result\":42}");
    assertThat(onA.next()).isEqualTo("{\"type\":3,\"invocationId\":\"1\",\"result\":\"got 42\"}");
    onA.close();
    onB.close();
  }

  @Test
  @Order(4)
  void replicaThatStopsSendsItsClientsElsewhere() throws Exception {
    Client onB = new Client(a, b);
    b.close();
    assertThat(onB.next()).isEqualTo("{\"type\":7,\"allowReconnect\":true}");
  }
}
