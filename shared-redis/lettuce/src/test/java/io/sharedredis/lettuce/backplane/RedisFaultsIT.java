package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.backplane.BackplaneException.Outcome;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One replica sends a hundred numbered messages a second, clients of two replicas listen, and Redis
 * fails meanwhile.
 */
class RedisFaultsIT {

  private static final String OK = "ok";

  private final RedisServer redis = RedisServer.startOwn();
  private final Replicas replicas = new Replicas();
  private final ScheduledExecutorService sender = Executors.newScheduledThreadPool(1);
  private final Map<Integer, String> outcomes = new ConcurrentHashMap<>();
  private final Map<Integer, Long> nanos = new ConcurrentHashMap<>();
  private Replica a;
  private Replica b;
  private TestConnection onA;
  private TestConnection onB;
  private volatile int sent;

  @BeforeEach
  void startSending() {
    a = replicas.start(redis.url());
    b = replicas.start(redis.url());
    onA = a.connect("on-a");
    onB = b.connect("on-b");
    sender.scheduleAtFixedRate(this::sendNext, 0, 10, TimeUnit.MILLISECONDS);
    await().atMost(Replicas.SOON).until(() -> onB.calls().size() > 20);
  }

  @AfterEach
  void stop() {
    sender.shutdownNow();
    replicas.close();
    redis.close();
  }

  private void sendNext() {
    int number = sent + 1;
    sent = number;
    long begin = System.nanoTime();
    a.lifetime()
        .send(
            new Recipients.All(Set.of()),
            Invocation.of(null, "n", List.of(Integer.toString(number))))
        .whenComplete(
            (done, failure) -> {
              nanos.put(number, System.nanoTime() - begin);
              outcomes.put(number, failure == null ? OK : outcome(failure));
            });
  }

  private static String outcome(Throwable failure) {
    return Failures.unwrap(failure) instanceof BackplaneException exception
        ? exception.outcome().name()
        : failure.toString();
  }

  @Test
  void redisKilledAndBackEmptyLosesNothingThatWasSaidToBeSent() {
    redis.kill();
    letTimePass(Duration.ofSeconds(1));
    redis.startAgainEmpty();
    deliveryGoesOnWithin(Duration.ofSeconds(2));
    Verdict verdict = verdict();
    assertThat(verdict.lost(OK)).isEmpty();
    assertThat(verdict.delivered(Outcome.NOT_SENT.name())).isEmpty();
    assertThat(verdict.count(Outcome.NOT_SENT.name())).isPositive();
  }

  @Test
  void redisRestartedInOrderLosesNothingThatWasSaidToBeSent() {
    redis.restart();
    deliveryGoesOnWithin(Duration.ofSeconds(2));
    Verdict verdict = verdict();
    assertThat(verdict.lost(OK)).isEmpty();
    assertThat(verdict.delivered(Outcome.NOT_SENT.name())).isEmpty();
  }

  @Test
  void redisThatStallsIsToldFromOneThatIsAway() {
    redis.pause();
    letTimePass(Duration.ofSeconds(3));
    redis.resume();
    deliveryGoesOnWithin(Duration.ofSeconds(2));
    Verdict verdict = verdict();
    assertThat(verdict.lost(OK)).isEmpty();
    assertThat(verdict.delivered(Outcome.NOT_SENT.name())).isEmpty();
    // A few ran into the deadline with an outcome that nobody can know; the rest failed at once.
    assertThat(verdict.count(Outcome.UNKNOWN.name()))
        .isPositive()
        .isLessThan(verdict.count(Outcome.NOT_SENT.name()));
  }

  @Test
  void listeningConnectionsKilledByAnOperatorAreBackAndTheLossIsCounted() {
    Replicas.admin(redis.url(), commands -> commands.clientKill(KillArgs.Builder.typePubsub()));
    await().atMost(Replicas.SOON).until(() -> b.count("connects") == 2 && b.backplane().settled());
    deliveryGoesOnWithin(Duration.ofSeconds(2));
    Verdict verdict = verdict();
    assertThat(verdict.lost(OK).isEmpty()).isEqualTo(b.count("gaps") == 0);
    assertThat(verdict.delivered(Outcome.NOT_SENT.name())).isEmpty();
  }

  @Test
  void publishingConnectionsKilledByAnOperatorLoseNothingThatWasSaidToBeSent() {
    Replicas.admin(
        redis.url(), commands -> commands.clientKill(KillArgs.Builder.typeNormal().skipme()));
    deliveryGoesOnWithin(Duration.ofSeconds(2));
    Verdict verdict = verdict();
    assertThat(verdict.lost(OK)).isEmpty();
    assertThat(verdict.delivered(Outcome.NOT_SENT.name())).isEmpty();
  }

  private void letTimePass(Duration duration) {
    int target = sent + (int) (duration.toMillis() / 10);
    await().atMost(duration.plusSeconds(10)).until(() -> sent >= target);
  }

  private void deliveryGoesOnWithin(Duration limit) {
    int now = sent;
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(limit)
        .until(() -> last(onB) > now && last(onA) > now);
  }

  private static int last(TestConnection connection) {
    List<Invocation> calls = connection.calls();
    return calls.isEmpty() ? 0 : number(calls.get(calls.size() - 1));
  }

  private static int number(Invocation call) {
    String text = TestConnection.text(call).get(0);
    return Integer.parseInt(text);
  }

  /** Stops sending, waits for the rest, and checks what holds in every case. */
  private Verdict verdict() {
    await().atMost(Replicas.SOON).until(() -> last(onB) > 0 && a.backplane().settled());
    sender.shutdown();
    await().atMost(Replicas.SOON).until(sender::isTerminated);
    await().atMost(Replicas.SOON).until(() -> outcomes.size() == sent);
    await().atMost(Replicas.SOON).until(() -> outcomes.get(sent).equals(OK) && last(onB) == sent);
    Verdict verdict = new Verdict();
    // Local clients get everything, whatever Redis does; nobody gets anything twice or late.
    assertThat(numbers(onA)).hasSize(sent).isSorted();
    assertThat(numbers(onB)).doesNotHaveDuplicates().isSorted();
    assertThat(onA.closed()).isFalse();
    assertThat(onB.closed()).isFalse();
    assertThat(nanos.values()).allMatch(took -> took < Duration.ofMillis(1_500).toNanos());
    System.out.println(verdict);
    return verdict;
  }

  private static List<Integer> numbers(TestConnection connection) {
    return connection.calls().stream().map(RedisFaultsIT::number).toList();
  }

  private final class Verdict {
    private final Set<Integer> arrived = new HashSet<>(numbers(onB));

    List<Integer> lost(String outcome) {
      return of(outcome).stream().filter(number -> !arrived.contains(number)).toList();
    }

    List<Integer> delivered(String outcome) {
      return of(outcome).stream().filter(arrived::contains).toList();
    }

    int count(String outcome) {
      return of(outcome).size();
    }

    private List<Integer> of(String outcome) {
      List<Integer> numbers = new ArrayList<>();
      outcomes.forEach(
          (number, what) -> {
            if (what.equals(outcome)) {
              numbers.add(number);
            }
          });
      return numbers;
    }

    @Override
    public String toString() {
      return "sent %d, ok %d, not sent %d, unknown %d (delivered %d), lost though ok %d, gaps %d"
          .formatted(
              sent,
              count(OK),
              count(Outcome.NOT_SENT.name()),
              count(Outcome.UNKNOWN.name()),
              delivered(Outcome.UNKNOWN.name()).size(),
              lost(OK).size(),
              b.count("gaps"));
    }
  }
}
