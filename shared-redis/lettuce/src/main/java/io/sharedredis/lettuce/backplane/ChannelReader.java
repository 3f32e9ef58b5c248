package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.ReliableGap.Reason;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import io.sharedredis.lettuce.backplane.BackplaneMeters.Event;
import io.sharedredis.lettuce.backplane.History.Kept;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the reliable messages of one channel in the order of its history, each once: live ones as
 * they come, and what is missing between them from the history.
 *
 * <p>Begins at the present end. While the history is asked, what comes live waits its turn, plain
 * messages included, so that nothing is overtaken; where the history does not answer, plain ones go
 * on. Thread-safe.
 */
final class ChannelReader {

  /** Messages taken from the history at once, at most: a megabyte or two of usual ones. */
  static final int BATCH = 500;

  /** Messages that are asked for first, when nobody knows yet how long they are. */
  private static final int FIRST_BATCH = 64;

  /** Unit: bytes. What one answer is to hold, judged by the answer before. */
  private static final long BATCH_BYTES = 1024 * 1024;

  /** Live messages that wait for a fill; when there are more, reliable ones are read again. */
  static final int HELD = 1_000;

  /** Tries to read a history that refuses, or lacks what came, before it is given up. */
  private static final int TRIES = 5;

  /** Unit: milliseconds. First pause before the history is asked again; doubled up to the last. */
  private static final long FIRST_PAUSE = 50;

  /** Unit: milliseconds. As for messages that are sent: back within a second. */
  private static final long LAST_PAUSE = 500;

  /** Pause before a look is believed: what Redis has published is on its way here. */
  private static final Duration ON_ITS_WAY = Duration.ofSeconds(1);

  /**
   * A message that waits.
   *
   * @param before the last question to the history that was asked before it came
   */
  private record Held(@Nullable Delivery delivery, @Nullable Runnable plain, int before) {}

  private record Waiter(Position position, Runnable task) {}

  private record Answer(Position end, List<Kept> kept) {}

  private final String channel;
  private final ReliableChannels owner;
  private final Consumer<Delivery> sink;
  private final InTurn turn = new InTurn();
  private final CompletableFuture<Void> started = new CompletableFuture<>();

  // From here on: in turn only.
  private final SeenNumbers seen = new SeenNumbers();
  private final Deque<Held> held = new ArrayDeque<>();
  private final Queue<Waiter> waiters = new PriorityQueue<>(Comparator.comparing(Waiter::position));
  private @Nullable Position position;

  /** Where it began; what comes late from before that is taken as it comes. */
  private Position began = Position.START;

  private Instant movedAt = Instant.EPOCH;
  private boolean asking;
  private boolean askAgain;
  private boolean checking;

  /** Whether the next question waits for its time; {@link #pause} says for which. */
  private boolean pausing;

  private int pause;

  /** Answers since the first message that is held came for which the history has no place. */
  private int unknown;

  /** The last message that was taken, in its place. */
  private @Nullable Stamp last;

  /** One that a new master does not know; if it was confirmed, nobody sends it again. */
  private @Nullable Stamp doubted;

  private boolean failing;
  private boolean closed;
  private int failures;
  private int questions;

  /** Messages to ask for next. */
  private int batch = FIRST_BATCH;

  private volatile boolean gone;

  ChannelReader(String channel, ReliableChannels owner, Consumer<Delivery> sink) {
    this.channel = channel;
    this.owner = owner;
    this.sink = sink;
  }

  String channel() {
    return channel;
  }

  /** Completes when it is known where to begin, or Redis does not tell now. */
  CompletionStage<Void> started() {
    return started;
  }

  /** Everything that is published from now on comes; what came before may be missing. */
  void heard() {
    turn.run(this::ask);
  }

  /** Nobody listens any more; known at once, whatever is under way. */
  void leave() {
    gone = true;
    close();
  }

  boolean gone() {
    return gone;
  }

  /** A reliable message came. */
  void live(Delivery delivery) {
    turn.run(
        () -> {
          if (asking && position != null) {
            hold(new Held(delivery, null, questions));
          } else if (!take(delivery, false)) {
            hold(new Held(delivery, null, questions));
            askUnlessPausing();
          }
        });
  }

  /** A plain message came, which keeps its place behind reliable ones. */
  void plain(Runnable deliver) {
    turn.run(
        () -> {
          if ((asking || unknown > 0) && position != null && !failing) {
            hold(new Held(null, deliver, questions));
          } else {
            deliver.run();
          }
        });
  }

  /** Runs the task when everything up to a position was taken, or nothing will be any more. */
  void whenReached(Position wanted, Runnable task) {
    turn.run(
        () -> {
          if (closed || (position != null && position.compareTo(wanted) >= 0)) {
            task.run();
          } else {
            waiters.add(new Waiter(wanted, task));
          }
        });
  }

  void close() {
    turn.run(
        () -> {
          closed = true;
          started.complete(null);
          held.clear();
          waiters.forEach(waiter -> waiter.task().run());
          waiters.clear();
        });
  }

  /** Compares the end of the history with what has arrived; something may be missing unseen. */
  void check() {
    turn.run(
        () -> {
          if (closed || asking || pausing || checking || position == null) {
            return;
          }
          checking = true;
          var unused =
              owner
                  .end(channel)
                  .whenComplete(
                      (end, failure) ->
                          turn.run(
                              () -> {
                                checking = false;
                                if (failure == null) {
                                  checked(end);
                                }
                              }));
        });
  }

  private void checked(Position end) {
    if (position == null || end.compareTo(position) <= 0) {
      return;
    }
    owner.later(
        ON_ITS_WAY.toMillis(),
        () ->
            turn.run(
                () -> {
                  if (position != null && end.compareTo(position) > 0) {
                    ask();
                  }
                }));
  }

  private void hold(Held one) {
    if (held.size() < HELD) {
      held.add(one);
      return;
    }
    // Reliable ones are in the history; plain ones are worth more than their place.
    List<Held> all = new ArrayList<>(held);
    held.clear();
    all.add(one);
    unknown = 0;
    all.forEach(
        each -> {
          if (each.plain() != null) {
            each.plain().run();
          }
        });
    askAgain = true;
  }

  private void askUnlessPausing() {
    if (!pausing) {
      ask();
    }
  }

  /** Asks again after a while, longer each time, unless something else asks before. */
  private void askLater(int times) {
    pausing = true;
    int mine = ++pause;
    owner.later(
        Math.min(LAST_PAUSE, FIRST_PAUSE << Math.min(times, 10)),
        () ->
            turn.run(
                () -> {
                  if (pausing && mine == pause) {
                    ask();
                  }
                }));
  }

  private void ask() {
    if (closed) {
      return;
    }
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    pausing = false;
    askAgain = false;
    questions++;
    Position from = position;
    int atMost = batch;
    CompletionStage<Answer> answer =
        from == null
            ? owner.end(channel).thenApply(end -> new Answer(end, List.of()))
            : owner
                .end(channel)
                .thenCompose(
                    end ->
                        end.equals(from) || end.equals(Position.START)
                            ? CompletableFuture.completedFuture(new Answer(end, List.of()))
                            : owner
                                .after(channel, from, atMost)
                                .thenApply(kept -> new Answer(end, kept)));
    var unused =
        answer.whenComplete(
            (known, failure) -> turn.run(() -> answered(from, atMost, known, failure)));
  }

  private void answered(
      @Nullable Position from, int atMost, @Nullable Answer answer, @Nullable Throwable failure) {
    asking = false;
    started.complete(null);
    if (closed) {
      return;
    }
    if (answer == null) {
      failed(failure == null ? new IllegalStateException("no answer") : failure);
      return;
    }
    failures = 0;
    failing = false;
    if (from == null) {
      begin(answer.end());
    } else {
      read(answer);
    }
    adapt(answer.kept());
    boolean more = askAgain || answer.kept().size() >= atMost;
    if (more) {
      ask();
    } else {
      drain();
    }
  }

  /** At most twice as many the next time, and no more than should fit. */
  private void adapt(List<Kept> kept) {
    if (!kept.isEmpty()) {
      long bytes = kept.stream().mapToLong(each -> each.payload().length).sum();
      long fit = BATCH_BYTES * kept.size() / Math.max(1, bytes);
      batch = (int) Math.max(1, Math.min(Math.min(fit, BATCH), 2L * batch));
    }
  }

  private void begin(Position end) {
    if (position == null) {
      began = end;
      last = null;
      moveTo(end);
    } else if (end.compareTo(position) > 0) {
      askAgain = true;
    }
  }

  private void read(Answer answer) {
    Position before = at();
    if (answer.kept().isEmpty()) {
      if (answer.end().equals(Position.START)) {
        if (!before.equals(Position.START) && !forgotten()) {
          owner.lost(channel, -1, Reason.HISTORY_LOST);
        }
        last = null;
        moveTo(Position.START);
      } else if (answer.end().compareTo(before) > 0) {
        owner.lost(channel, answer.end().since(before), Reason.HISTORY_TOO_SHORT);
        last = null;
        moveTo(answer.end());
      } else if (wentBack(answer.end())) {
        owner.lost(channel, -1, Reason.HISTORY_LOST);
        position = null;
      }
      return;
    }
    int filled = 0;
    boolean whole = true;
    for (Kept kept : answer.kept()) {
      if (kept.position().compareTo(at()) <= 0) {
        continue;
      }
      whole &= follows(kept);
      Delivery delivery = owner.decode(kept.payload());
      last = delivery == null ? null : delivery.stamp();
      if (delivery != null && deliver(delivery)) {
        filled++;
      }
      moveTo(kept.position());
    }
    owner.filled(filled, whole);
  }

  /** Whether nothing is missing between what was taken and this entry; reports it otherwise. */
  private boolean follows(Kept kept) {
    Position here = at();
    if (kept.previous().compareTo(here) > 0) {
      owner.lost(
          channel,
          kept.previous().since(here),
          kept.position().offset() == 1 ? Reason.PROMOTION : Reason.HISTORY_TOO_SHORT);
      return false;
    }
    if (kept.previous().equals(Position.START) && !here.equals(Position.START) && !forgotten()) {
      owner.lost(channel, -1, Reason.HISTORY_LOST);
      return false;
    }
    if (kept.position().epoch() != here.epoch() && kept.previous().compareTo(here) < 0) {
      doubt();
    }
    return true;
  }

  /**
   * A new master does not know the last message that was taken. If it was never confirmed, it is
   * sent again, as is all that came after it; otherwise more that was confirmed may have been lost
   * with it.
   */
  private void doubt() {
    Stamp stamp = last;
    if (stamp == null) {
      owner.lost(channel, -1, Reason.PROMOTION);
      return;
    }
    doubted = stamp;
    owner.later(
        owner.sentAgainWithin().plus(ON_ITS_WAY).toMillis(),
        () ->
            turn.run(
                () -> {
                  if (!closed && stamp.equals(doubted)) {
                    doubted = null;
                    owner.lost(channel, -1, Reason.PROMOTION);
                  }
                }));
  }

  /** The history is behind what was taken, and yet something new came: it began anew unseen. */
  private boolean wentBack(Position end) {
    if (end.compareTo(at()) >= 0) {
      return false;
    }
    for (Held one : held) {
      Delivery delivery = one.delivery();
      if (delivery != null && delivery.position() != null && !seen.contains(delivery.stamp())) {
        return delivery.position().compareTo(at()) <= 0;
      }
    }
    return false;
  }

  /** Redis forgets the end of a channel where nothing happened for long; nothing is lost then. */
  private boolean forgotten() {
    return Duration.between(movedAt, owner.now()).compareTo(owner.endKept()) >= 0;
  }

  private void failed(Throwable failure) {
    failing = true;
    failures++;
    // Perhaps the answer is too long for the time it has.
    batch = Math.max(1, batch / 2);
    flushPlain();
    if (HistoryException.kindOf(failure) == HistoryException.Kind.REFUSED && failures >= TRIES) {
      // Clients get what comes rather than nothing.
      if (position != null) {
        owner.lost(channel, -1, Reason.HISTORY_LOST);
      }
      failures = 0;
      failing = false;
      position = null;
      drain();
      return;
    }
    askLater(failures);
  }

  private void flushPlain() {
    List<Held> all = new ArrayList<>(held);
    held.clear();
    for (Held one : all) {
      if (one.plain() == null) {
        held.add(one);
      } else {
        one.plain().run();
      }
    }
  }

  private void drain() {
    while (!asking && !held.isEmpty()) {
      Held one = held.element();
      Delivery delivery = one.delivery();
      boolean asked = one.before() < questions;
      if (delivery == null || take(delivery, asked)) {
        held.remove();
        unknown = 0;
        if (one.plain() != null) {
          one.plain().run();
        }
      } else if (!asked) {
        ask();
      } else if (++unknown < TRIES) {
        // Perhaps another server answers soon; what has its place meanwhile goes on.
        held.removeIf(each -> each.delivery() != null && take(each.delivery(), false));
        askLater(unknown);
        return;
      } else {
        giveUp();
      }
    }
  }

  /**
   * The history does not have what came: a server lost its end, another server is asked than the
   * one that publishes, or it is forged. Clients get it rather than nothing, and later ones are
   * measured by what the history has.
   */
  private void giveUp() {
    unknown = 0;
    owner.lost(channel, -1, Reason.HISTORY_LOST);
    List<Held> all = new ArrayList<>(held);
    held.clear();
    for (Held one : all) {
      Delivery delivery = one.delivery();
      if (delivery == null) {
        if (one.plain() != null) {
          one.plain().run();
        }
      } else if (!take(delivery, true)) {
        boolean ignored = deliver(delivery);
      }
    }
  }

  /**
   * Takes a message whose place it is; false when the history must be asked first.
   *
   * @param asked whether it has been since the message came
   */
  private boolean take(Delivery delivery, boolean asked) {
    Position place = delivery.position();
    Position here = position;
    if (place == null) {
      boolean ignored = deliver(delivery);
      return true;
    }
    if (here == null || place.follows(here)) {
      boolean ignored = deliver(delivery);
      last = delivery.stamp();
      moveTo(place);
      return true;
    }
    if (place.compareTo(here) > 0) {
      return false;
    }
    if (asked || place.compareTo(began) <= 0 || seen.contains(delivery.stamp())) {
      // Late, from before the beginning or from a master that was replaced; others were taken from
      // the history already.
      boolean ignored = deliver(delivery);
      return true;
    }
    return false;
  }

  private boolean deliver(Delivery delivery) {
    if (seen.contains(delivery.stamp())) {
      if (Objects.equals(doubted, delivery.stamp())) {
        doubted = null;
      }
      owner.count(Event.RELIABLE_REPEATED);
      return false;
    }
    seen.add(delivery.stamp());
    sink.accept(delivery);
    return true;
  }

  private Position at() {
    return position == null ? Position.START : position;
  }

  private void moveTo(Position place) {
    position = place;
    movedAt = owner.now();
    for (Waiter next = waiters.peek();
        next != null && next.position().compareTo(place) <= 0;
        next = waiters.peek()) {
      waiters.remove();
      next.task().run();
    }
  }
}
