package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.Cancellation;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerConnectionTest {
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final TestServer server = new TestServer(PlainHub.class, () -> new PlainHub(events));

  @AfterEach
  void stop() {
    server.close();
  }

  static class PlainHub extends Hub<ClientProxy> {
    private final BlockingQueue<String> events;

    PlainHub(BlockingQueue<String> events) {
      this.events = events;
    }

    @Override
    protected void onConnected() {
      if (context().user() != null) {
        throw new IllegalStateException("no entry");
      }
      events.add("connected");
    }

    @Override
    protected void onDisconnected(Throwable failure) {
      events.add("disconnected " + (failure == null ? "null" : failure.getMessage()));
    }

    public String echo(String text) {
      return text;
    }

    public Stream<Integer> count(int to) {
      return Stream.iterate(1, i -> i + 1).limit(to);
    }

    public boolean cancelled(Cancellation cancellation) {
      return cancellation.isCancelled();
    }

    public void flood(int count, int size) {
      for (int i = 0; i < count; i++) {
        clients().caller().send("Message", "x".repeat(size));
      }
    }
  }

  @Test
  void callsLeaveNothingBehindAtTheirConnection() {
    TestClient client = server.connect();
    CompletableFuture<Void> ended = client.connection.connection().ended().toCompletableFuture();
    int before = ended.getNumberOfDependents();
    for (int i = 0; i < 20; i++) {
      client.call("1", "echo", "\"x\"");
      assertThat(client.next()).contains("\"result\":\"x\"");
      client.call("2", "cancelled", "");
      assertThat(client.next()).contains("\"result\":false");
      client.send("{\"type\":4,\"invocationId\":\"3\",\"target\":\"count\",\"arguments\":[1]}");
      assertThat(client.next()).contains("\"item\":1");
      assertThat(client.next()).isEqualTo("{\"type\":3,\"invocationId\":\"3\"}");
    }
    assertThat(ended.getNumberOfDependents()).isEqualTo(before);
  }

  static final class SlowHub extends Hub<ClientProxy> {
    private final BlockingQueue<String> events;
    private final CountDownLatch entry;

    SlowHub(BlockingQueue<String> events, CountDownLatch entry) {
      this.events = events;
      this.entry = entry;
    }

    @Override
    protected void onConnected() throws InterruptedException {
      boolean unused = entry.await(20, TimeUnit.SECONDS);
    }

    @Override
    protected void onDisconnected(Throwable failure) {
      events.add("disconnected");
    }

    public void tell(String text) {
      events.add(text);
    }
  }

  @Test
  void whatAClientSaysBeforeItLeavesIsDoneThoughItIsStillBeingTakenUp() throws Exception {
    CountDownLatch entry = new CountDownLatch(1);
    try (TestServer slow = new TestServer(SlowHub.class, () -> new SlowHub(events, entry))) {
      TestClient client = slow.connect();
      client.send("{\"type\":1,\"target\":\"tell\",\"arguments\":[\"last words\"]}");
      client.disconnect();
      entry.countDown();
      assertThat(new String[] {event(), event()})
          .containsExactlyInAnyOrder("last words", "disconnected");
    }
  }

  private String event() throws InterruptedException {
    return events.poll(10, TimeUnit.SECONDS);
  }

  @Test
  void unknownProtocolAndVersionAreRefused() {
    TestClient client = server.open();
    client.send("{\"protocol\":\"nope\",\"version\":1}");
    assertThat(client.next()).isEqualTo("{\"error\":\"The protocol 'nope' is not supported.\"}");
    assertThat(client.next()).isEqualTo(TestClient.END);
    TestClient newer = server.open();
    newer.send("{\"protocol\":\"json\",\"version\":3}");
    assertThat(newer.next())
        .contains("The server does not support version 3 of the 'json' protocol.");
  }

  @Test
  void malformedHandshakeIsRefused() {
    TestClient client = server.open();
    client.send("42");
    assertThat(client.next())
        .isEqualTo("{\"error\":\"An unexpected error occurred during connection handshake.\"}");
  }

  @Test
  void handshakeThatDoesNotComeIsCanceled() {
    TestClient client = server.open();
    server.advance(Duration.ofSeconds(17));
    assertThat(client.next()).isEqualTo("{\"error\":\"Handshake was canceled.\"}");
    assertThat(client.next()).isEqualTo(TestClient.END);
  }

  @Test
  void messagesMayFollowTheHandshakeAtOnceAndComeInPieces() {
    byte[] all =
        ("{\"protocol\":\"json\",\"version\":1}\u001e"
                + "{\"type\":1,\"invocationId\":\"1\",\"target\":\"echo\",\"arguments\":[\"a\"]}\u001e"
                + "{\"type\":77}\u001e"
                + "{\"type\":1,\"invocationId\":\"2\",\"target\":\"echo\",\"arguments\":[\"b\"]}\u001e")
            .getBytes(StandardCharsets.UTF_8);
    TestClient client = server.open();
    for (byte b : all) {
      client.sendBytes(new byte[] {b});
    }
    assertThat(client.next()).isEqualTo("{}");
    assertThat(client.next()).contains("\"result\":\"a\"");
    assertThat(client.next()).contains("\"result\":\"b\"");
  }

  /** A connection whose hub has certainly taken it up. */
  private TestClient opened() throws Exception {
    TestClient client = server.connect();
    event();
    client.call("0", "echo", "\"open\"");
    assertThat(client.next()).contains("open");
    return client;
  }

  @Test
  void serverPingsAtItsIntervalAndSilentClientIsCutOff() throws Exception {
    TestClient client = opened();
    client.send("{\"type\":6}");
    server.advance(Duration.ofSeconds(17));
    assertThat(client.next()).isEqualTo("{\"type\":6}");
    server.advance(Duration.ofSeconds(16));
    assertThat(client.next())
        .isEqualTo(
            "{\"type\":7,\"error\":\"Connection closed with an error.\",\"allowReconnect\":true}");
    assertThat(event()).startsWith("disconnected Client hasn't sent a message/ping");
  }

  @Test
  void clientThatNeverPingsIsNotTimedOut() throws Exception {
    TestClient client = opened();
    server.advance(Duration.ofSeconds(100));
    client.call("1", "echo", "\"x\"");
    String message = client.next();
    while (message.equals("{\"type\":6}")) {
      message = client.next();
    }
    assertThat(message).contains("\"result\":\"x\"");
  }

  @Test
  void malformedMessageClosesWithReconnectAllowed() throws Exception {
    TestClient client = server.connect();
    event();
    client.send("{\"type\":1}");
    assertThat(client.next())
        .isEqualTo(
            "{\"type\":7,\"error\":\"Connection closed with an error.\",\"allowReconnect\":true}");
    assertThat(client.next()).isEqualTo(TestClient.END);
    assertThat(event()).isEqualTo("disconnected Missing required property 'target'.");
  }

  @Test
  void messageOverTheLimitClosesTheConnection() throws Exception {
    TestClient client = server.connect();
    event();
    client.sendBytes(new byte[40_000]);
    assertThat(client.next()).contains("\"type\":7");
    assertThat(event()).contains("The maximum message size of 32768B was exceeded.");
  }

  @Test
  void clientsCloseIsAnsweredAndEndsTheConnection() throws Exception {
    TestClient client = server.connect();
    event();
    client.send("{\"type\":7}");
    assertThat(client.next()).isEqualTo("{\"type\":7}");
    assertThat(client.next()).isEqualTo(TestClient.END);
    assertThat(event()).isEqualTo("disconnected null");
  }

  @Test
  void lostTransportEndsTheConnectionOnce() throws Exception {
    TestClient client = server.connect();
    event();
    client.disconnect();
    client.disconnect();
    assertThat(event()).isEqualTo("disconnected null");
    server.advance(Duration.ofSeconds(2));
    assertThat(server.connections.size()).isZero();
    assertThat(events).isEmpty();
  }

  @Test
  void failureInOnConnectedClosesWithoutReconnectAndWithoutOnDisconnected() {
    TestClient client = server.open(() -> "someone");
    client.send("{\"protocol\":\"json\",\"version\":1}");
    assertThat(client.next()).isEqualTo("{}");
    assertThat(client.next())
        .isEqualTo("{\"type\":7,\"error\":\"Connection closed with an error.\"}");
    assertThat(client.next()).isEqualTo(TestClient.END);
    assertThat(events).isEmpty();
  }

  @Test
  void clientThatDoesNotReadIsCutOffAndItsMemoryFreed() throws Exception {
    TestClient client = server.connect();
    event();
    client.stopReading();
    client.call("1", "flood", "2000,1000");
    assertThat(event()).isEqualTo("disconnected null");
    server.advance(Duration.ofSeconds(7));
    assertThat(client.next()).isEqualTo(TestClient.ABORTED);
  }

  @Test
  void endOfTheSessionClosesItsConnectionsForGood() {
    TestClient client = server.connect();
    assertThat(server.connections.closeForSession("another")).isZero();
    assertThat(server.connections.closeForSession("session-1")).isEqualTo(1);
    assertThat(client.next()).isEqualTo("{\"type\":7}");
  }

  @Test
  void drainLetsClientsComeBack() {
    TestClient client = server.connect();
    server.connections.drain();
    assertThat(client.next()).isEqualTo("{\"type\":7,\"allowReconnect\":true}");
    assertThat(client.next()).isEqualTo(TestClient.END);
  }
}
