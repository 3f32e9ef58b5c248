package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.HubConnectionState;
import com.microsoft.signalr.TransportEnum;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator sees of hubs: the actuator's endpoint, and meters. */
@HubAppTest
class HubsEndpointTest {
  private static final String OPEN = HubApp.OpenHub.class.getName();

  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable HubConnection client;

  @Value("${local.server.port}")
  private int port;

  @Autowired private MeterRegistry meters;

  private HubConnection connect() {
    HubConnection opened =
        HubConnectionBuilder.create("http://localhost:" + port + "/hub/open")
            .withTransport(TransportEnum.WEBSOCKETS)
            .build();
    client = opened;
    opened.start().timeout(20, TimeUnit.SECONDS).blockingAwait();
    assertThat(opened.invoke(String.class, "echo", "x").blockingGet()).isEqualTo("x");
    return opened;
  }

  @AfterEach
  void stop() {
    if (client != null) {
      client.stop().timeout(20, TimeUnit.SECONDS).blockingAwait();
    }
    HubApp.EVENTS.clear();
  }

  @Test
  void eachHubTellsItsPathsConnectionsGroupsAndUsers() throws Exception {
    String id = connect().getConnectionId();

    JsonNode all = JsonMapper.shared().readTree(send("GET", "", "root").body());
    assertThat(all.get("draining").asBoolean()).isFalse();
    JsonNode open =
        StreamSupport.stream(all.get("hubs").spliterator(), false)
            .filter(hub -> hub.get("name").asString().equals(OPEN))
            .findFirst()
            .orElseThrow();
    assertThat(open.get("paths").get(0).asString()).isEqualTo("/hub/open");
    assertThat(open.get("connections").asInt()).isPositive();
    assertThat(open.get("carried").get("WebSockets loop").asInt()).isPositive();
    assertThat(open.get("groups").asInt()).isEqualTo(1);
    assertThat(open.get("users").asInt()).isZero();

    JsonNode its = JsonMapper.shared().readTree(send("GET", "?hub=" + OPEN, "root").body());
    assertThat(its.get("count").asInt()).isPositive();
    assertThat(its.get("connections").findValuesAsString("id")).contains(id).hasSizeLessThan(101);
    JsonNode past =
        JsonMapper.shared().readTree(send("GET", "?hub=" + OPEN + "&from=99999", "root").body());
    assertThat(past.get("connections")).isEmpty();
    assertThat(send("GET", "?hub=none", "root").statusCode()).isEqualTo(404);
  }

  @Test
  void operatorEndsOneConnection() throws Exception {
    HubConnection opened = connect();
    String id = opened.getConnectionId();
    assertThat(send("DELETE", "/" + id, "alice").statusCode()).isEqualTo(403);
    assertThat(send("DELETE", "/" + id, "root").body()).isEqualTo("{\"closed\":1}");
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> opened.getConnectionState() == HubConnectionState.DISCONNECTED);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> send("DELETE", "/" + id, "root").statusCode() == 404);
  }

  @Test
  void callsAreTimedByHubMethodAndError() {
    HubConnection opened = connect();
    long echoed = count("echo", "none");
    long refused = count("refuse", "HubException");
    long unknown = count("(unknown)", "HubException");
    assertThat(opened.invoke(String.class, "ECHO", "y").blockingGet()).isEqualTo("y");
    opened.invoke("refuse").onErrorComplete().blockingAwait();
    opened.invoke("nothing like it").onErrorComplete().blockingAwait();
    opened.invoke("nor this").onErrorComplete().blockingAwait();
    assertThat(count("echo", "none")).isEqualTo(echoed + 1);
    assertThat(count("refuse", "HubException")).isEqualTo(refused + 1);
    assertThat(count("(unknown)", "HubException")).isEqualTo(unknown + 2);
    assertThat(meters.find("shared-redis.hub.invocation").tagKeys("hub", "method").timers())
        .extracting(timer -> timer.getId().getTag("method"))
        .doesNotContain("ECHO", "nothing like it", "nor this");
  }

  @Test
  void whatHubsDoIsMetered() {
    double before = counted("messages.in");
    connect();
    assertThat(counted("messages.in")).isGreaterThan(before);
    for (String counter : List.of("connected", "messages.out", "bytes.in", "bytes.out", "calls")) {
      assertThat(counted(counter)).as(counter).isPositive();
    }
    for (String counter :
        List.of(
            "calls.failed",
            "slow.clients.cut",
            "reconnected",
            "arrived",
            "not.moved",
            "told.to.return",
            "closed.by.fault",
            "handshakes.refused",
            "relays.refused")) {
      assertThat(counted(counter)).as(counter).isNotNegative();
    }
    assertThat(
            meters
                .get("shared-redis.hub.connections")
                .tags("transport", "WebSockets", "path", "loop")
                .gauge()
                .value())
        .isPositive();
    assertThat(meters.get("shared-redis.hub.queued").gauge().value()).isNotNegative();
    assertThat(meters.get("shared-redis.hub.loop.steps").functionTimer().count()).isPositive();
    assertThat(meters.get("shared-redis.hub.loop.slow").functionCounter().count()).isNotNegative();
    assertThat(meters.get("shared-redis.hub.loop.longest").timeGauge().value()).isNotNegative();
  }

  private double counted(String name) {
    return meters.get("shared-redis.hub." + name).functionCounter().count();
  }

  private long count(String method, String error) {
    Timer timer =
        meters
            .find("shared-redis.hub.invocation")
            .tags("hub", OPEN, "method", method, "error", error)
            .timer();
    return timer == null ? 0 : timer.count();
  }

  private HttpResponse<String> send(String method, String rest, String user) throws Exception {
    String credentials =
        Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/hubs" + rest))
            .header("Authorization", "Basic " + credentials)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return http.send(request, BodyHandlers.ofString());
  }
}
