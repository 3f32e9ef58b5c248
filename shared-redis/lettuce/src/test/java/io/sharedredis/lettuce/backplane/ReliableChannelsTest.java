package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import io.sharedredis.testkit.backplane.LineProtocol;
import io.sharedredis.testkit.backplane.TestConnection;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reliable messages while things go wrong one at a time, on the in-memory twin. */
class ReliableChannelsTest {

  private static final HubProtocol LINE = new LineProtocol("line");
  private static final String CHANNEL = "Hub:all";

  private final InMemoryBroker broker = new InMemoryBroker(1_000);
  private final MutableClock clock = MutableClock.at("2026-01-31T12:00:00Z");
  private final ManualScheduler scheduler = new ManualScheduler(clock);
  private final List<Replica> replicas = new ArrayList<>();
  private final List<ReliableGap> gaps = new ArrayList<>();

  /** A replica whose history can be made to fail or to wait. */
  private final class Replica implements History {
    final InMemoryBroker.Bus bus = broker.connect();
    final BackplaneMeters meters = new BackplaneMeters();
    final BackplaneLifetime lifetime;
    final List<Runnable> waiting = new ArrayList<>();
    boolean readsWait;
    @Nullable HistoryException readsFail;
    boolean answersLost;
    boolean unconfirmed;
    boolean refuses;
    boolean appendsFail;
    boolean appendsWait;
    final List<Integer> pages = new ArrayList<>();
    int questions;

    Replica(String name) {
      this(name, ReliableOptions.defaults());
    }

    Replica(String name, ReliableOptions options) {
      lifetime =
          new BackplaneLifetime(
              bus,
              "Hub",
              List.of(LINE),
              BackplaneOptions.named(name),
              clock,
              scheduler,
              new Random(name.hashCode()),
              meters,
              new BackplaneLifetime.Keeping(this, options));
      lifetime.onGap(gaps::add);
      replicas.add(this);
    }

    TestConnection connect(String id) {
      TestConnection connection = new TestConnection(id, null, LINE);
      assertThat(lifetime.onConnected(connection).toCompletableFuture()).isCompleted();
      return connection;
    }

    CompletableFuture<Void> send(int first, int last) {
      return CompletableFuture.allOf(
          IntStream.rangeClosed(first, last)
              .mapToObj(i -> lifetime.sendReliably(all(), number(i), null))
              .map(CompletionStage::toCompletableFuture)
              .toArray(CompletableFuture[]::new));
    }

    void sendPlain(int number) {
      assertThat(lifetime.send(all(), number(number)).toCompletableFuture()).isCompleted();
    }

    /** Hears nothing, as if messages were lost on the way. */
    void deafen() {
      bus.unsubscribe(List.of(CHANNEL));
    }

    void hearAgainUnnoticed() {
      bus.subscribe(List.of(CHANNEL));
    }

    void reconnect() {
      bus.disconnect();
      bus.reconnect();
    }

    @Override
    public CompletionStage<Appended> append(
        String channel, long publisher, List<Entry> batch, Position confirmed) {
      if (appendsWait) {
        return new CompletableFuture<>();
      }
      if (appendsFail) {
        return CompletableFuture.failedFuture(
            new HistoryException(HistoryException.Kind.NOT_SENT, "away"));
      }
      if (refuses) {
        return CompletableFuture.failedFuture(
            new HistoryException(HistoryException.Kind.REFUSED, "NOPERM"));
      }
      CompletionStage<Appended> appended =
          bus.history().append(channel, publisher, batch, confirmed);
      if (answersLost) {
        return CompletableFuture.failedFuture(
            new HistoryException(HistoryException.Kind.UNKNOWN, "the answer is missing"));
      }
      return unconfirmed
          ? appended.thenApply(answer -> new Appended(answer.positions(), false))
          : appended;
    }

    @Override
    public CompletionStage<Position> end(String channel) {
      questions++;
      return bus.history().end(channel);
    }

    @Override
    public CompletionStage<Page> after(String channel, Position position, int messages, int bytes) {
      questions++;
      pages.add(messages);
      if (readsFail != null) {
        return CompletableFuture.failedFuture(readsFail);
      }
      if (!readsWait) {
        return bus.history().after(channel, position, messages, bytes);
      }
      CompletableFuture<Page> answer = new CompletableFuture<>();
      waiting.add(
          () ->
              answer.complete(
                  bus.history()
                      .after(channel, position, messages, bytes)
                      .toCompletableFuture()
                      .join()));
      return answer;
    }

    void answer() {
      List<Runnable> due = List.copyOf(waiting);
      waiting.clear();
      due.forEach(Runnable::run);
    }
  }

  @AfterEach
  void close() {
    replicas.forEach(replica -> replica.lifetime.close());
  }

  private static Recipients all() {
    return new Recipients.All(Set.of());
  }

  private static Invocation number(int number) {
    return Invocation.of(null, "n", List.of(Integer.toString(number)));
  }

  private static List<Integer> numbers(TestConnection connection) {
    return connection.calls().stream()
        .map(call -> Integer.parseInt(TestConnection.text(call).get(0)))
        .toList();
  }

  private static List<Integer> range(int first, int last) {
    return IntStream.rangeClosed(first, last).boxed().toList();
  }

  @Test
  void whatIsMissingBetweenTwoLiveMessagesIsFilledAtOnce() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    assertThat(a.send(1, 3)).isCompleted();
    b.deafen();
    assertThat(a.send(4, 6)).isCompleted();
    b.hearAgainUnnoticed();
    assertThat(numbers(onB)).isEqualTo(range(1, 3));
    assertThat(a.send(7, 7)).isCompleted();
    assertThat(numbers(onB)).isEqualTo(range(1, 7));
    assertThat(b.meters.counter("gaps-filled")).isOne();
    assertThat(b.meters.counter("reliable-filled")).isEqualTo(4);
  }

  @Test
  void aMissedLastMessageIsFoundThoughNothingNewComes() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    b.deafen();
    assertThat(a.send(1, 2)).isCompleted();
    b.hearAgainUnnoticed();
    scheduler.advance(ReliableOptions.defaults().checkInterval().plusSeconds(2));
    assertThat(numbers(onB)).isEqualTo(range(1, 2));
  }

  @Test
  void plainMessagesDoNotOvertakeWhatIsBeingFilled() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    b.deafen();
    assertThat(a.send(1, 2)).isCompleted();
    b.readsWait = true;
    b.reconnect();
    a.sendPlain(3);
    assertThat(a.send(4, 4)).isCompleted();
    a.sendPlain(5);
    assertThat(numbers(onB)).isEmpty();
    b.readsWait = false;
    b.answer();
    assertThat(numbers(onB)).hasSize(5).containsSubsequence(1, 2, 3, 5).contains(4);
    assertThat(numbers(onB)).containsSubsequence(1, 2, 4);
  }

  @Test
  void moreThanCanWaitForAFillIsReadFromTheHistoryAgain() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    b.deafen();
    assertThat(a.send(1, 2)).isCompleted();
    b.readsWait = true;
    b.reconnect();
    int last = Backlog.MOST + 100;
    for (int i = 3; i <= 900; i++) {
      assertThat(a.send(i, i)).isCompleted();
    }
    for (int i = 0; i < last; i++) {
      a.sendPlain(-1);
    }
    b.readsWait = false;
    b.answer();
    assertThat(numbers(onB).stream().filter(number -> number > 0)).isEqualTo(range(1, 900));
    assertThat(numbers(onB).stream().filter(number -> number < 0)).hasSize(last);
    assertThat(gaps).isEmpty();
  }

  @Test
  void aLongGapIsReadInPages() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    b.deafen();
    assertThat(a.send(1, 2 * PageSize.MESSAGES)).isCompleted();
    b.reconnect();
    assertThat(numbers(onB)).isEqualTo(range(1, 2 * PageSize.MESSAGES));
  }

  @Test
  void aMessageWhoseAnswerWasLostIsTriedAgainAndArrivesOnce() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    a.answersLost = true;
    CompletableFuture<Void> sent = a.send(1, 3);
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(sent).isNotDone();
    a.answersLost = false;
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(sent).isCompleted();
    assertThat(numbers(onB)).isEqualTo(range(1, 3));
    assertThat(a.meters.counter("reliable-retries")).isPositive();
  }

  @Test
  void aMessageThatReplicasOfRedisLackIsNotConfirmed() {
    Replica a = new Replica("a");
    TestConnection here = a.connect("here");
    a.unconfirmed = true;
    CompletableFuture<Void> sent = a.send(1, 1);
    scheduler.advance(ReliableOptions.defaults().retryTimeout().plusSeconds(1));
    assertThat(sent).isCompletedExceptionally();
    assertThat(outcome(sent)).isEqualTo(BackplaneException.Outcome.UNKNOWN);
    assertThat(numbers(here)).isEqualTo(range(1, 1));
  }

  @Test
  void whatNeverLeftIsSaidNotToBeSentWhenItsTimeIsOver() {
    Replica a = new Replica("a");
    a.bus.disconnect();
    CompletableFuture<Void> sent = a.send(1, 1);
    scheduler.advance(ReliableOptions.defaults().retryTimeout().minusSeconds(1));
    assertThat(sent).isNotDone();
    scheduler.advance(Duration.ofSeconds(2));
    assertThat(outcome(sent)).isEqualTo(BackplaneException.Outcome.NOT_SENT);
  }

  @Test
  void whatIsSentWhileTheBrokerIsAwayArrivesInOrderOnceItIsBack() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    a.bus.disconnect();
    CompletableFuture<Void> sent = a.send(1, 250);
    scheduler.advance(Duration.ofSeconds(5));
    a.bus.reconnect();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(sent).isCompleted();
    assertThat(numbers(onB)).isEqualTo(range(1, 250));
  }

  @Test
  void moreThanMayWaitIsRefusedAtOnce() {
    Replica a = new Replica("a");
    a.bus.disconnect();
    for (int i = 0; i < 10_200; i++) {
      CompletableFuture<Void> sent = a.send(i, i);
      if (sent.isDone()) {
        assertThat(outcome(sent)).isEqualTo(BackplaneException.Outcome.NOT_SENT);
        assertThat(i).isGreaterThanOrEqualTo(10_000);
        return;
      }
    }
    throw new AssertionError("nothing was refused");
  }

  @Test
  void aNewEpochGoesOnWhereTheOldOneEnded() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    assertThat(a.send(1, 3)).isCompleted();
    broker.history().beginAnew();
    assertThat(a.send(4, 6)).isCompleted();
    b.deafen();
    assertThat(a.send(7, 8)).isCompleted();
    broker.history().beginAnew();
    assertThat(a.send(9, 10)).isCompleted();
    b.reconnect();
    assertThat(numbers(onB)).isEqualTo(range(1, 10));
    assertThat(gaps).isEmpty();
  }

  @Test
  void confirmedMessagesThatANewMasterNeverHadAreReported() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onA = a.connect("on-a");
    TestConnection onB = b.connect("on-b");
    assertThat(a.send(1, 3)).isCompleted();
    b.deafen();
    assertThat(a.send(4, 6)).isCompleted();
    broker.history().forgetLast(CHANNEL, 2);
    assertThat(a.send(7, 7)).isCompleted();
    b.reconnect();
    assertThat(numbers(onA)).isEqualTo(range(1, 7));
    assertThat(numbers(onB)).containsExactly(1, 2, 3, 4, 7);
    assertThat(gaps)
        .containsExactly(
            new ReliableGap(ReliableGap.Audience.ALL, "", 2, ReliableGap.Reason.PROMOTION));
  }

  @Test
  void whatAMasterLostBeforeItWasConfirmedIsSentAgainAndNobodyGetsItTwice() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    assertThat(a.send(1, 3)).isCompleted();
    a.answersLost = true;
    CompletableFuture<Void> sent = a.send(4, 4);
    assertThat(numbers(onB)).isEqualTo(range(1, 4));
    broker.history().forgetLast(CHANNEL, 1);
    a.answersLost = false;
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(sent).isCompleted();
    assertThat(a.send(5, 5)).isCompleted();
    assertThat(numbers(onB)).isEqualTo(range(1, 5));
    assertThat(gaps).isEmpty();
    assertThat(b.meters.counter("reliable-repeated")).isPositive();
  }

  @Test
  void aHistoryThatMayNotBeReadIsReportedAndDoesNotStopWhatComes() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    assertThat(a.send(1, 1)).isCompleted();
    b.deafen();
    assertThat(a.send(2, 2)).isCompleted();
    b.readsFail = new HistoryException(HistoryException.Kind.REFUSED, "NOPERM");
    b.hearAgainUnnoticed();
    assertThat(a.send(3, 3)).isCompleted();
    a.sendPlain(4);
    scheduler.advance(Duration.ofSeconds(10));
    assertThat(a.send(5, 5)).isCompleted();
    assertThat(numbers(onB)).contains(3, 4, 5).doesNotContain(2);
    assertThat(gaps).hasSize(1);
    assertThat(gaps.get(0).reason()).isEqualTo(ReliableGap.Reason.HISTORY_LOST);
  }

  @Test
  void positionsThatNoHistoryHasHoldNothingUp() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    assertThat(a.send(1, 3)).isCompleted();
    Position end = broker.history().end(CHANNEL);
    forge(new Position(end.epoch() + 1_000, 7), 100, 1);
    forge(new Position(end.epoch(), 1L << 40), 101, 2);
    forge(new Position(end.epoch() - 1, 1), 102, 3);
    forge(new Position(Long.MAX_VALUE, Long.MAX_VALUE), 103, 4);
    assertThat(a.send(4, 6)).isCompleted();
    b.deafen();
    assertThat(a.send(7, 7)).isCompleted();
    b.reconnect();
    assertThat(numbers(onB).stream().filter(number -> number < 100)).isEqualTo(range(1, 7));
    scheduler.advance(Duration.ofSeconds(3));
    assertThat(a.send(8, 8)).isCompleted();
    assertThat(numbers(onB).stream().filter(number -> number < 100)).isEqualTo(range(1, 8));
    assertThat(numbers(onB)).contains(100, 101, 102, 103);
    assertThat(gaps).isNotEmpty().allMatch(gap -> gap.reason() == ReliableGap.Reason.HISTORY_LOST);
  }

  @Test
  void aMessageThatTheHistoryDoesNotKnowIsAskedForABoundedNumberOfTimesAndThenDelivered() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    assertThat(a.send(1, 3)).isCompleted();
    Position end = broker.history().end(CHANNEL);
    int before = b.questions;
    forge(new Position(end.epoch(), end.offset() + 2), 5, 1);
    assertThat(numbers(onB)).isEqualTo(range(1, 3));
    scheduler.advance(Duration.ofSeconds(20));
    assertThat(b.questions - before).isLessThan(10);
    assertThat(numbers(onB)).containsExactly(1, 2, 3, 5);
    // Both replicas heard it.
    assertThat(gaps)
        .hasSizeBetween(1, 2)
        .containsOnly(
            new ReliableGap(ReliableGap.Audience.ALL, "", -1, ReliableGap.Reason.HISTORY_LOST));
    broker.history().beginAnew();
    assertThat(a.send(6, 7)).isCompleted();
    assertThat(numbers(onB)).containsExactly(1, 2, 3, 5, 6, 7);
  }

  @Test
  void whatANewMasterLostIsReportedThoughItsNextPublisherKnowsNothingOfIt() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    Replica c = new Replica("c");
    TestConnection onB = b.connect("on-b");
    assertThat(a.send(1, 5)).isCompleted();
    b.deafen();
    assertThat(a.send(6, 10)).isCompleted();
    broker.history().forgetLast(CHANNEL, 7);
    assertThat(c.send(11, 11)).isCompleted();
    b.reconnect();
    assertThat(numbers(onB)).containsExactly(1, 2, 3, 4, 5, 11);
    scheduler.advance(ReliableOptions.defaults().retryTimeout().plusSeconds(2));
    assertThat(gaps)
        .contains(new ReliableGap(ReliableGap.Audience.ALL, "", -1, ReliableGap.Reason.PROMOTION));
  }

  @Test
  void aMessageThatMayHaveBeenKeptIsNotSaidToBeUnsentBecauseALaterTryIsRefused() {
    Replica a = new Replica("a");
    TestConnection here = a.connect("here");
    a.answersLost = true;
    CompletableFuture<Void> sent = a.send(1, 1);
    a.refuses = true;
    scheduler.advance(Duration.ofSeconds(2));
    assertThat(numbers(here)).isEqualTo(range(1, 1));
    assertThat(outcome(sent)).isEqualTo(BackplaneException.Outcome.UNKNOWN);
    assertThat(outcome(a.send(2, 2))).isEqualTo(BackplaneException.Outcome.NOT_SENT);
  }

  @Test
  void plainMessagesToClientsHereDoNotWaitForReliableOnesThatAreTriedAgain() {
    Replica a = new Replica("a");
    TestConnection here = a.connect("here");
    a.appendsFail = true;
    CompletableFuture<Void> first = a.send(1, 1);
    a.sendPlain(2);
    CompletableFuture<Void> second = a.send(3, 3);
    a.sendPlain(4);
    assertThat(numbers(here)).containsExactly(2, 4);
    a.appendsFail = false;
    scheduler.advance(Duration.ofSeconds(2));
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(numbers(here)).containsExactly(2, 4, 1, 3);
  }

  @Test
  void lessIsReadAtOnceWhereAnAnswerDoesNotCome() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    b.deafen();
    assertThat(a.send(1, 300)).isCompleted();
    b.readsFail = new HistoryException(HistoryException.Kind.UNKNOWN, "no answer in time");
    b.reconnect();
    scheduler.advance(Duration.ofSeconds(5));
    assertThat(b.pages.get(b.pages.size() - 1)).isOne();
    b.readsFail = null;
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(numbers(onB)).isEqualTo(range(1, 300));
    assertThat(b.pages).allMatch(page -> page <= PageSize.MESSAGES);
  }

  @Test
  void aReaderThatIsLeftBeforeItHearsIsNotKept() {
    Replica a = new Replica("a");
    ReliableChannels channels =
        new ReliableChannels(
            a,
            new Channels("Hub"),
            ReliableOptions.defaults(),
            1_000,
            clock,
            scheduler,
            new Random(1),
            a.meters);
    ChannelReader reader = channels.reader("Hub:group:g", delivery -> {});
    channels.left(reader);
    channels.heard(reader);
    assertThat(channels.reading()).isZero();
    channels.close();
  }

  @Test
  void whatIsTooLongToWaitForAFillIsReadFromTheHistoryAgain() {
    Replica a = new Replica("a");
    Replica b = new Replica("b", ReliableOptions.defaults().withMaxBytes(1 << 20, 1 << 20));
    TestConnection onB = b.connect("on-b");
    b.deafen();
    assertThat(a.send(1, 2)).isCompleted();
    b.readsWait = true;
    b.reconnect();
    String text = "x".repeat(10_000);
    for (int i = 3; i <= 300; i++) {
      Invocation call = Invocation.of(null, "n", List.of(Integer.toString(i), text));
      assertThat(a.lifetime.sendReliably(all(), call, null).toCompletableFuture()).isCompleted();
    }
    b.readsWait = false;
    b.answer();
    assertThat(numbers(onB)).isEqualTo(range(1, 300));
    // Three megabytes, in pages that fit.
    assertThat(b.pages).hasSizeGreaterThan(3);
    assertThat(gaps).isEmpty();
  }

  @Test
  void aMessageTooLongToBeReadBackInTimeIsRefusedAtOnce() {
    Replica a = new Replica("a");
    Invocation call = Invocation.of(null, "n", List.of("1", "x".repeat(ReliableChannels.LONGEST)));
    CompletableFuture<Void> sent = a.lifetime.sendReliably(all(), call, null).toCompletableFuture();
    assertThat(sent).isCompletedExceptionally();
    assertThat(outcome(sent)).isEqualTo(BackplaneException.Outcome.NOT_SENT);
    assertThat(a.lifetime.send(all(), call).toCompletableFuture()).isCompleted();
  }

  @Test
  void whoseTimeIsOverHearsSoThoughTheBatchBeforeIsNotAnswered() {
    Replica a = new Replica("a");
    a.appendsWait = true;
    CompletableFuture<Void> first = a.send(1, 1);
    CompletableFuture<Void> behind = a.send(2, 2);
    scheduler.advance(ReliableOptions.defaults().retryTimeout().minusSeconds(2));
    assertThat(first).isNotDone();
    assertThat(behind).isNotDone();
    scheduler.advance(Duration.ofSeconds(6));
    assertThat(outcome(first)).isEqualTo(BackplaneException.Outcome.UNKNOWN);
    assertThat(outcome(behind)).isEqualTo(BackplaneException.Outcome.NOT_SENT);
  }

  @Test
  void oneRefusalAmongOtherFailuresGivesNoHistoryUp() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection onB = b.connect("on-b");
    b.deafen();
    assertThat(a.send(1, 9)).isCompleted();
    b.readsFail = new HistoryException(HistoryException.Kind.UNKNOWN, "no answer in time");
    b.reconnect();
    scheduler.advance(Duration.ofSeconds(10));
    b.readsFail = new HistoryException(HistoryException.Kind.REFUSED, "LOADING");
    int asked = b.questions;
    while (b.questions == asked) {
      scheduler.advance(Duration.ofMillis(10));
    }
    b.readsFail = null;
    scheduler.advance(Duration.ofSeconds(10));
    assertThat(numbers(onB)).isEqualTo(range(1, 9));
    assertThat(gaps).isEmpty();
  }

  @Test
  void aListenerThatThrowsKeepsNothingFromAnybody() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    b.lifetime.onGap(
        gap -> {
          throw new IllegalStateException("no");
        });
    TestConnection onB = b.connect("on-b");
    b.deafen();
    assertThat(a.send(1, 1_500)).isCompleted();
    b.hearAgainUnnoticed();
    assertThat(a.send(1_501, 1_501)).isCompleted();
    assertThat(numbers(onB)).isEqualTo(range(502, 1_501));
    assertThat(gaps).hasSize(1);
  }

  @Test
  void whatComesAfterTheLastOneLeftTakesNoRoom() {
    Replica a = new Replica("a");
    ReliableChannels channels =
        new ReliableChannels(
            a,
            new Channels("Hub"),
            ReliableOptions.defaults(),
            1_000,
            clock,
            scheduler,
            new Random(1),
            a.meters);
    long free = channels.room().free();
    ChannelReader reader = channels.reader("Hub:group:g", delivery -> {});
    channels.heard(reader);
    a.readsWait = true;
    reader.live(delivery(7), 100);
    assertThat(channels.room().free()).isEqualTo(free - 100);
    channels.left(reader);
    reader.live(delivery(8), 100);
    reader.plain(() -> {}, 100);
    assertThat(channels.room().free()).isEqualTo(free);
    channels.close();
  }

  private static BackplaneMessage.Delivery delivery(long offset) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(BackplaneCodec.beforePosition(List.of(), Map.of("line", LINE.write(number(1)))));
    out.writeBytes(BackplaneCodec.position(new Position(1, offset)));
    out.writeBytes(BackplaneCodec.afterPosition(new BackplaneMessage.Stamp(666, offset, 0)));
    try {
      return BackplaneCodec.delivery(out.toByteArray());
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
  }

  private void forge(Position position, int number, long count) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        BackplaneCodec.beforePosition(List.of(), Map.of("line", LINE.write(number(number)))));
    out.writeBytes(BackplaneCodec.position(position));
    out.writeBytes(BackplaneCodec.afterPosition(new BackplaneMessage.Stamp(666, count, 0)));
    assertThat(broker.connect().publish(CHANNEL, out.toByteArray()).toCompletableFuture())
        .isCompleted();
  }

  @Test
  void aReplicaThatLeavesAChannelForgetsItAndBeginsAtTheEndAgain() {
    Replica a = new Replica("a");
    Replica b = new Replica("b");
    TestConnection first = b.connect("first");
    assertThat(b.lifetime.addToGroup("first", "g").toCompletableFuture()).isCompleted();
    Recipients group = new Recipients.Groups(List.of("g"), Set.of());
    assertThat(a.lifetime.sendReliably(group, number(1), null).toCompletableFuture()).isCompleted();
    assertThat(b.lifetime.removeFromGroup("first", "g").toCompletableFuture()).isCompleted();
    assertThat(a.lifetime.sendReliably(group, number(2), null).toCompletableFuture()).isCompleted();
    assertThat(b.lifetime.addToGroup("first", "g").toCompletableFuture()).isCompleted();
    assertThat(a.lifetime.sendReliably(group, number(3), null).toCompletableFuture()).isCompleted();
    assertThat(numbers(first)).containsExactly(1, 3);
    assertThat(gaps).isEmpty();
  }

  private static BackplaneException.Outcome outcome(CompletableFuture<Void> failed) {
    try {
      failed.join();
    } catch (CompletionException e) {
      if (Failures.unwrap(e) instanceof BackplaneException exception) {
        return exception.outcome();
      }
    }
    throw new AssertionError("it did not fail as a send does");
  }
}
