package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * One replica sends numbered reliable messages as fast as they are confirmed, clients of two
 * replicas listen, and something fails meanwhile. Counts and seed come from system properties:
 * {@code reliable.messages}, {@code reliable.seed}.
 */
final class ReliableLoad {

  /** Messages in the build; the proof sends 100,000. */
  static final int MESSAGES = Integer.getInteger("reliable.messages", 1_000);

  /** Whether this is the proof, not the build. */
  static final boolean PROOF = System.getProperty("reliable.messages") != null;

  /** Longer than any outage of these tests, so that every message is confirmed in the end. */
  static final ReliableOptions OPTIONS =
      ReliableOptions.defaults()
          .withHistory(Math.max(10_000, MESSAGES), Duration.ofMinutes(10))
          .withRetryTimeout(Duration.ofMinutes(PROOF ? 9 : 2))
          .withCheckInterval(Duration.ofSeconds(2));

  private static final Duration PATIENCE = Duration.ofMinutes(PROOF ? 10 : 2);

  /** Messages that are not confirmed yet. */
  private static final int WINDOW = 400;

  private final String name;
  private final String hub;
  private final long seed = Long.getLong("reliable.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Replica a;
  private final Replica b;
  private final TestConnection onA;
  private final TestConnection onB;
  private final Queue<ReliableGap> gaps = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger confirmed = new AtomicInteger();
  private final Semaphore window = new Semaphore(WINDOW);

  ReliableLoad(String name, String hub, Replica a, Replica b) {
    this.name = name;
    this.hub = hub;
    this.a = a;
    this.b = b;
    this.onA = a.connect("on-a");
    this.onB = b.connect("on-b");
    a.lifetime().onGap(gaps::add);
    b.lifetime().onGap(gaps::add);
  }

  /** Full name of the hub. */
  String hub() {
    return hub;
  }

  /** Sends until all messages are sent and the fault is over; then everything must be there. */
  void run(Runnable fault) throws InterruptedException {
    AtomicReference<Throwable> broken = new AtomicReference<>();
    int begin = MESSAGES / 5 + random.nextInt(MESSAGES / 3);
    Thread failing =
        new Thread(
            () -> {
              try {
                await().atMost(PATIENCE).until(() -> confirmed.get() >= begin);
                fault.run();
              } catch (Throwable failure) {
                broken.set(failure);
              }
            });
    long nanos = System.nanoTime();
    failing.start();
    int sent = 0;
    while (sent < MESSAGES || failing.isAlive()) {
      if (!window.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("nothing is confirmed any more; seed " + seed);
      }
      send(++sent);
      if (sent >= MESSAGES) {
        // The rest only keeps the channel busy while the fault lasts.
        Thread.sleep(1);
      }
    }
    failing.join();
    assertThat(broken.get()).as("the fault itself").isNull();
    int last = sent;
    await().atMost(PATIENCE).until(() -> confirmed.get() + failures.size() == last);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(onA.calls().size()).isGreaterThanOrEqualTo(last - failures.size());
              assertThat(onB.calls().size()).isGreaterThanOrEqualTo(last - failures.size());
            });
    System.out.printf(
        "%s: seed %d, sent %d, confirmed %d in %.1f s, retries %d, filled %d + %d in %d + %d gaps,"
            + " repeated and dropped %d + %d, lost gaps %d%n",
        name,
        seed,
        last,
        confirmed.get(),
        (System.nanoTime() - nanos) / 1e9,
        a.count("reliable-retries"),
        a.count("reliable-filled"),
        b.count("reliable-filled"),
        a.count("gaps-filled"),
        b.count("gaps-filled"),
        a.count("reliable-repeated"),
        b.count("reliable-repeated"),
        gaps.size());
    assertThat(failures).as("seed " + seed).isEmpty();
    List<Integer> all = IntStream.rangeClosed(1, last).boxed().toList();
    assertThat(numbers(onA)).as("seed " + seed).isEqualTo(all);
    assertThat(numbers(onB)).as("seed " + seed).isEqualTo(all);
    assertThat(gaps).as("seed " + seed).isEmpty();
    assertThat(onA.closed() || onB.closed()).isFalse();
  }

  private void send(int number) {
    a.lifetime()
        .sendReliably(
            new Recipients.All(Set.of()),
            Invocation.of(null, "n", List.of(Integer.toString(number))),
            null)
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                confirmed.incrementAndGet();
              } else {
                failures.add(failure);
              }
              window.release();
            });
  }

  private static List<Integer> numbers(TestConnection connection) {
    return connection.calls().stream()
        .map(call -> Integer.parseInt(TestConnection.text(call).get(0)))
        .toList();
  }

  /** A duration in a range, by the seed. */
  void letTimePass(int leastMillis, int mostMillis) {
    long end =
        System.nanoTime() + (leastMillis + random.nextInt(mostMillis - leastMillis)) * 1_000_000L;
    await().pollDelay(Duration.ZERO).atMost(PATIENCE).until(() -> System.nanoTime() > end);
  }
}
