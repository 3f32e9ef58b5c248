package io.sharedredis.lettuce.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sharedredis.lettuce.backplane.BackplaneException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessagingBusTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final MemoryWire.Broker broker = new MemoryWire.Broker();
  private final MemoryWire wireA = broker.connect();
  private final MessagingOptions options =
      MessagingOptions.of("test").withMaxMessageBytes(1024).withMaxWaiting(2).withMaxUnanswered(2);
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final MessagingBus a = bus(wireA, 1);
  private final MessagingBus b = bus(broker.connect(), 2);
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final CountDownLatch busy = new CountDownLatch(1);

  private MessagingBus bus(MemoryWire wire, long publisher) {
    return new MessagingBus(
        wire, options, publisher, new MessagingMeters(), timers, System::nanoTime);
  }

  @AfterEach
  void close() {
    busy.countDown();
    a.close();
    b.close();
    timers.shutdownNow();
  }

  private static BrokerMessage message(String destination, String text) {
    return new BrokerMessage(
        destination, null, null, Map.of(), text.getBytes(StandardCharsets.UTF_8));
  }

  private final class Recorder implements MessagingListener {
    @Override
    public void published(BrokerMessage message) {
      String text = new String(message.payload(), StandardCharsets.UTF_8);
      if (text.equals("wait")) {
        try {
          busy.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      if (text.equals("fail")) {
        throw new IllegalStateException("as the test wants");
      }
      received.add(text);
    }

    @Override
    public void publishedToUser(String user, BrokerMessage message) {
      received.add(user + ": " + new String(message.payload(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void othersGetWhatTheyWantAndNobodyGetsItsOwn() {
    a.deliverTo(new Recorder());
    b.deliverTo(new Recorder());
    for (MessagingBus bus : List.of(a, b)) {
      bus.interest().destination("s", "1", "/topic/x");
      bus.interest().user("s", "2", "alice");
    }
    a.publish(message("/topic/x", "1"));
    a.publish(message("/topic/y", "nobody's"));
    a.publishToUser("alice", message("/user/alice/queue/x", "2"));
    a.publishToUser("bob", message("/user/bob/queue/x", "nobody's"));
    await().atMost(SOON).untilAsserted(() -> assertThat(received).containsExactly("1", "alice: 2"));
    assertThat(a.meters().counter("published")).isEqualTo(4);
    assertThat(a.meters().counter("echoes")).isEqualTo(2);
    assertThat(b.meters().counter("echoes")).isZero();
    b.interest().ended("s");
    a.publish(message("/topic/x", "3"));
    assertThat(received).containsExactly("1", "alice: 2");
  }

  @Test
  void failuresAreCountedByWhatIsKnownOfTheMessage() {
    wireA.answer = CompletableFuture.failedFuture(BackplaneException.notSent("away"));
    a.publish(message("/topic/x", "1"));
    wireA.answer = CompletableFuture.failedFuture(BackplaneException.unknown("slow"));
    a.publish(message("/topic/x", "2"));
    assertThat(a.meters().counter("not-sent")).isEqualTo(1);
    assertThat(a.meters().counter("outcome-unknown")).isEqualTo(1);
    wireA.answer = null;
    a.publish(message("/topic/x", "x".repeat(1024)));
    assertThat(a.meters().counter("too-large")).isEqualTo(1);
    assertThat(a.meters().counter("published")).isZero();
  }

  @Test
  void redisThatDoesNotAnswerHoldsABoundedNumberOfMessages() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    wireA.answer = answer;
    for (int i = 0; i < 5; i++) {
      a.publish(message("/topic/x", "1"));
    }
    assertThat(a.meters().counter("not-sent")).isEqualTo(3);
    answer.complete(null);
    assertThat(a.meters().counter("published")).isEqualTo(2);
    a.publish(message("/topic/x", "1"));
    assertThat(a.meters().counter("published")).isEqualTo(3);
  }

  @Test
  void replicaThatDoesNotKeepUpDropsAndCounts() {
    b.deliverTo(new Recorder());
    b.interest().destination("s", "1", "/topic/x");
    a.publish(message("/topic/x", "wait"));
    await().atMost(SOON).until(() -> b.waiting() == 0);
    for (int i = 0; i < 5; i++) {
      a.publish(message("/topic/x", "" + i));
    }
    assertThat(b.waiting()).isEqualTo(2);
    assertThat(b.meters().counter("dropped")).isEqualTo(3);
    busy.countDown();
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(received).containsExactly("wait", "0", "1"));
  }

  @Test
  void garbageAndFailuresAreCountedAndTheNextMessageArrives() {
    b.deliverTo(new Recorder());
    b.interest().destination("s", "1", "/topic/news");
    b.interest().user("s", "2", "alice");
    String channel = "shared-redis:test:messaging:destinations:{2721}";
    broker.publish(channel, "garbage".getBytes(StandardCharsets.UTF_8));
    await().atMost(SOON).until(() -> b.meters().counter("malformed") == 1);
    broker.publish(channel, BrokerMessageCodec.encode(7, message("/topic/other", "elsewhere's")));
    await().atMost(SOON).until(() -> b.meters().counter("malformed:destination") == 2);
    broker.publish("shared-redis:test:messaging:user:{alice}", new byte[2000]);
    assertThat(b.meters().counter("malformed:user")).isEqualTo(1);
    a.publish(message("/topic/news", "fail"));
    await().atMost(SOON).until(() -> b.meters().counter("failed") == 1);
    a.publish(message("/topic/news", "good"));
    await().atMost(SOON).untilAsserted(() -> assertThat(received).containsExactly("good"));
    await().atMost(SOON).until(() -> b.meters().counter("delivered") == 1);
  }

  @Test
  void patternIsOneChangeForTheWireHoweverOftenItBeginsAndEnds() {
    for (int i = 0; i < 100; i++) {
      a.interest().pattern("s", "" + i);
      a.interest().ended("s", "" + i);
    }
    assertThat(wireA.commands).hasValue(1);
    assertThat(wireA.channels()).isEqualTo(MessagingChannels.PARTITIONS);
    a.close();
    assertThat(wireA.commands).hasValue(2);
    assertThat(wireA.channels()).isZero();
  }

  @Test
  void optionsThatCannotBeUsedAreNamed() {
    assertThatThrownBy(() -> options.withMaxMessageBytes(10))
        .hasMessageContaining("'maxMessageBytes'")
        .hasMessageContaining("10");
    assertThatThrownBy(() -> options.withMaxWaiting(0)).hasMessageContaining("'maxWaiting'");
    assertThatThrownBy(() -> options.withUsersExpireAfter(Duration.ZERO))
        .hasMessageContaining("'usersExpireAfter'");
    assertThatThrownBy(() -> MessagingOptions.of(" ")).hasMessageContaining("'application'");
  }
}
