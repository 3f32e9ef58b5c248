package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiptsTest {

  private final TestServer server = new TestServer(ProbeHub.class, ProbeHub::new);

  @AfterEach
  void close() {
    server.close();
  }

  private static CompletableFuture<Void> confirmed(TestClient client) {
    return client.connection.connection().confirmed().toCompletableFuture();
  }

  private static void tell(TestClient client, String text) {
    var unused =
        client
            .connection
            .connection()
            .send(SerializedHubMessage.of(Invocation.of(null, "m", List.of(text))));
  }

  /** A client past its handshake whom the hub knows. */
  private TestClient connect() {
    TestClient client = server.connect();
    until(() -> client.connection.connection().phase() == ServerConnection.Phase.OPEN);
    return client;
  }

  private static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void whatIsWrittenCountsOnceTheTransportSaysThatItArrived() {
    TestClient client = connect();
    client.confirms = true;
    tell(client, "one");
    CompletableFuture<Void> first = confirmed(client);
    assertThat(first).isNotDone();
    // Asked meanwhile: it is about more than the question under way.
    tell(client, "two");
    CompletableFuture<Void> second = confirmed(client);

    client.confirm();
    assertThat(first).isCompleted();
    assertThat(second).isNotDone();
    client.confirm();
    assertThat(second).isCompleted();
  }

  @Test
  void whatIsNotWrittenIsNotAskedFor() {
    TestClient client = connect();
    client.confirms = true;
    client.stopReading();
    tell(client, "one");

    CompletableFuture<Void> confirmed = confirmed(client);
    assertThat(client.question).isNull();
    client.connection.output().written();
    assertThat(client.question).isNotNull();
    client.confirm();

    assertThat(confirmed).isCompleted();
  }

  @Test
  void whereTheTransportCannotTellTheClientMustBeHeardLater() {
    TestClient client = connect();
    tell(client, "one");
    CompletableFuture<Void> confirmed = confirmed(client);

    server.advance(Duration.ofSeconds(3));
    client.send("{\"type\":6}");
    server.advance(Duration.ofSeconds(2));
    assertThat(confirmed).as("heard too early").isNotDone();
    server.advance(Duration.ofSeconds(2));
    client.send("{\"type\":6}");
    until(
        () -> {
          server.connections.heartbeat();
          return confirmed.isDone();
        });
  }

  @Test
  void whoeverIsLostHasReceivedNothingMore() {
    TestClient client = connect();
    client.confirms = true;
    tell(client, "one");
    CompletableFuture<Void> confirmed = confirmed(client);
    client.disconnect();

    server.advance(Duration.ofSeconds(120));

    assertThat(confirmed).isNotDone();
  }

  @Test
  void aResumeIdThatIsNoneIsRefusedAtTheHandshake() {
    HubRequest request =
        new HubRequest("/hub", Map.of("resume", List.of("short")), Map.of(), null, null, null);
    TestClient client = new TestClient(server.server, "connection", request);

    client.send("{\"protocol\":\"json\",\"version\":1}");

    assertThat(client.next())
        .startsWith("{\"error\":\"The parameter")
        .contains("22 to 64")
        .doesNotContain("short");
    assertThat(client.next()).isEqualTo(TestClient.END);
  }
}
