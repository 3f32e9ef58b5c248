package io.sharedredis.lettuce.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.lettuce.messaging.ConnectedSession.Subscription;
import io.sharedredis.lettuce.messaging.UserNews.Alive;
import io.sharedredis.lettuce.messaging.UserNews.Sessions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FarmUsersTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String CHANNEL = "shared-redis:test:messaging:users";

  private final MemoryWire.Broker broker = new MemoryWire.Broker();
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong nanos = new AtomicLong();
  private final MessagingBus a = bus(1);
  private final MessagingBus b = bus(2);
  private final List<ConnectedSession> atA = new CopyOnWriteArrayList<>();

  private MessagingBus bus(long publisher) {
    return new MessagingBus(
        broker.connect(),
        MessagingOptions.of("test").withMaxMessageBytes(1024),
        publisher,
        new MessagingMeters(),
        timers,
        nanos::get);
  }

  @AfterEach
  void close() {
    a.close();
    b.close();
    timers.shutdownNow();
  }

  private static ConnectedSession session(String user, String id) {
    return new ConnectedSession(user, id, List.of(new Subscription("0", "/topic/x")));
  }

  @Test
  void changeIsToldAtOnceAndAStopToo() {
    b.users().begin(List::of);
    a.users().begin(() -> atA);
    atA.add(session("alice", "s1"));
    a.users().changed();
    await().atMost(SOON).until(() -> b.users().users().equals(List.of("alice")));
    assertThat(b.users().sessionsOf("alice")).containsExactly(session("alice", "s1"));
    assertThat(a.users().users()).isEmpty();
    a.users().end();
    await().atMost(SOON).until(() -> b.users().users().isEmpty());
    a.users().begin(() -> atA);
    await().atMost(SOON).until(() -> b.users().users().equals(List.of("alice")));
  }

  @Test
  void whoComesLaterAsksAndWhoMissedSomethingAsksAgain() {
    atA.add(session("alice", "s1"));
    a.users().begin(() -> atA);
    b.users().begin(List::of);
    await().atMost(SOON).until(() -> b.users().users().equals(List.of("alice")));
    // A sign of life under a number that was never told here.
    atA.add(session("bob", "s2"));
    broker.publish(CHANNEL, UserNewsCodec.encode(1, new Alive(99)));
    await().atMost(SOON).until(() -> b.users().users().contains("bob"));
  }

  @Test
  void replicaThatIsNotHeardOfTakesItsUsersWithIt() {
    b.users().begin(List::of);
    broker.publish(
        CHANNEL, UserNewsCodec.encode(7, new Sessions(1, 0, 1, List.of(session("carol", "s9")))));
    await().atMost(SOON).until(() -> b.users().users().contains("carol"));
    nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    broker.publish(CHANNEL, UserNewsCodec.encode(7, new Alive(1)));
    broker.publish(
        CHANNEL, UserNewsCodec.encode(8, new Sessions(1, 0, 1, List.of(session("after", "s1")))));
    await().atMost(SOON).until(() -> b.users().users().contains("after"));
    nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    assertThat(b.users().users()).contains("carol");
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(b.users().users()).isEmpty();
    assertThat(b.users().sessions()).isEmpty();
  }

  @Test
  void sessionsThatDoNotFitIntoOneMessageComeInParts() {
    IntStream.range(0, 100).forEach(i -> atA.add(session("user" + i, "s" + i)));
    // One session with more subscriptions than fit is told of with some.
    atA.add(
        new ConnectedSession(
            "greedy",
            "s",
            IntStream.range(0, 1000).mapToObj(i -> new Subscription("" + i, "/topic/y")).toList()));
    a.users().begin(() -> atA);
    b.users().begin(List::of);
    await().atMost(SOON).until(() -> b.users().users().size() == 101);
    assertThat(b.users().sessions()).hasSize(101);
    assertThat(b.users().sessionsOf("greedy").get(0).subscriptions())
        .hasSizeBetween(1, UserTelling.MOST_SUBSCRIPTIONS);
    assertThat(b.meters().counter("malformed")).isZero();
  }

  @Test
  void whatIsToldAgainWithEachChangeWaitsLongerTheMoreBytesItHas() {
    String destination = "/topic/" + "x".repeat(200);
    for (int i = 0; i < 50; i++) {
      atA.add(new ConnectedSession("alice", "s" + i, List.of(new Subscription("0", destination))));
    }
    assertThat(a.users().pauseMillis()).isEqualTo(50);
    b.users().begin(List::of);
    a.users().begin(() -> atA);
    await().atMost(SOON).until(() -> b.users().sessions().size() == 50);
    // Fifty sessions of some 220 bytes.
    await().atMost(SOON).until(() -> a.users().pauseMillis() >= 50 + 50 * 200 / 1024);
  }

  @Test
  void partWithoutThoseBeforeItChangesNothing() {
    b.users().begin(List::of);
    List<ConnectedSession> carol = List.of(session("carol", "s9"));
    broker.publish(CHANNEL, UserNewsCodec.encode(7, new Sessions(1, 1, 2, carol)));
    broker.publish(CHANNEL, UserNewsCodec.encode(7, new Sessions(2, 0, 2, carol)));
    broker.publish(CHANNEL, UserNewsCodec.encode(7, new Sessions(3, 1, 2, carol)));
    broker.publish(CHANNEL, new byte[] {1, 2, 3});
    await().atMost(SOON).until(() -> b.meters().counter("malformed:users") == 1);
    assertThat(b.users().users()).isEmpty();
  }
}
