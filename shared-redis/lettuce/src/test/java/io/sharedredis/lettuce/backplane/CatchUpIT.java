package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * How fast a replica that heard nothing for a while has everything. Count from the system property
 * {@code reliable.behind}.
 */
class CatchUpIT {

  private static final int MESSAGES = Integer.getInteger("reliable.behind", 3_000);

  /** Rounds before the one that is told: the first ones run cold. */
  private static final int ROUNDS = Integer.getInteger("reliable.rounds", 1);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Queue<ReliableGap> gaps = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger confirmed = new AtomicInteger();

  @Test
  void replicaThatHeardNothingReadsWhatItMissedInPages() throws Exception {
    SharedTestRedis.STANDALONE.start();
    ReliableOptions options =
        ReliableOptions.defaults()
            .withHistory(MESSAGES + 1_000, Duration.ofMinutes(10))
            .withCheckInterval(Duration.ofMinutes(10));
    try (Replicas replicas = new Replicas()) {
      String url = SharedTestRedis.STANDALONE.url();
      Replica a = replicas.startReliable(url, options);
      // Nothing notices before it is meant to that the subscription is gone.
      Replica b =
          replicas.startReliable(
              url, all -> all.withProbe(PATIENCE, Duration.ofSeconds(1)), options);
      TestConnection onB = b.connect("on-b");
      b.lifetime().onGap(gaps::add);
      for (int round = 1; round <= ROUNDS; round++) {
        String channel = new Channels(replicas.hub).all();
        b.backplane().loseSubscription(channel);
        await().atMost(Replicas.SOON).until(() -> subscribers(a, channel) == 1);
        long before = System.nanoTime();
        send(a, (round - 1) * MESSAGES, MESSAGES);
        long sent = System.nanoTime();
        b.backplane().replaceListening();
        long all = (long) round * MESSAGES;
        await()
            .pollInterval(Duration.ofMillis(5))
            .atMost(PATIENCE)
            .until(() -> b.count("reliable-filled") >= all);
        long filled = System.nanoTime();
        System.out.printf(
            "catch-up: %d messages confirmed at %.0f a second, then read at %.0f a second,"
                + " connecting included%n",
            MESSAGES, MESSAGES * 1e9 / (sent - before), MESSAGES * 1e9 / (filled - sent));
      }
      assertThat(failures).isEmpty();
      assertThat(gaps).isEmpty();
      await().atMost(PATIENCE).until(() -> onB.calls().size() >= ROUNDS * MESSAGES);
      assertThat(
              onB.calls().stream().map(call -> Integer.parseInt(TestConnection.text(call).get(0))))
          .isEqualTo(IntStream.rangeClosed(1, ROUNDS * MESSAGES).boxed().toList());
    }
  }

  private static long subscribers(Replica replica, String channel) {
    return replica.backplane().subscribers(channel).toCompletableFuture().join();
  }

  private void send(Replica sender, int after, int count) throws InterruptedException {
    Semaphore window = new Semaphore(5_000);
    for (int i = after + 1; i <= after + count; i++) {
      assertThat(window.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      sender
          .lifetime()
          .sendReliably(
              new Recipients.All(Set.of()),
              Invocation.of(null, "n", List.of(Integer.toString(i))),
              null)
          .whenComplete(
              (done, failure) -> {
                window.release();
                if (failure == null) {
                  confirmed.incrementAndGet();
                } else {
                  failures.add(failure);
                }
              });
    }
    await().atMost(PATIENCE).until(() -> confirmed.get() + failures.size() == after + count);
  }
}
