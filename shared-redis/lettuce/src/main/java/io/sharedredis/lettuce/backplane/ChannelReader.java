package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.ReliableGap.Reason;
import io.sharedredis.lettuce.backplane.Backlog.Held;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.History.Kept;
import io.sharedredis.lettuce.backplane.History.Page;
import java.util.List;
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

  /** Tries to read a history that refuses, or lacks what came, before it is given up. */
  private static final int TRIES = 5;

  private final String channel;
  private final ReliableChannels owner;
  private final InTurn turn = new InTurn();
  private final CompletableFuture<Void> started = new CompletableFuture<>();

  // From here on: in turn only.
  private final Progress progress;
  private final Backlog backlog;
  private final Pause pause = new Pause(this::later);
  private final PageSize size = new PageSize();
  private final EndCheck check;
  private boolean asking;
  private boolean askAgain;

  /** Answers since the first message that is held came for which the history has no place. */
  private int unknown;

  private boolean failing;
  private boolean closed;
  private int failures;

  /** Refusals in a row: one after an outage is no reason to give a history up. */
  private int refusals;

  private int questions;

  private volatile boolean gone;

  ChannelReader(String channel, ReliableChannels owner, Consumer<Delivery> sink) {
    this.channel = channel;
    this.owner = owner;
    this.backlog = new Backlog(owner.room());
    this.progress = new Progress(channel, owner, sink, this::later);
    this.check = new EndCheck(() -> owner.end(channel), progress, turn, this::later);
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

  /**
   * A reliable message came.
   *
   * @param bytes length of its payload
   */
  void live(Delivery delivery, int bytes) {
    turn.run(
        () -> {
          if (closed) {
            // It was on its way when the last one left.
            return;
          }
          if (asking && progress.position() != null) {
            hold(Held.reliable(delivery, bytes, questions));
          } else if (!progress.take(delivery, false)) {
            hold(Held.reliable(delivery, bytes, questions));
            if (!pause.waiting()) {
              ask();
            }
          }
        });
  }

  /** A plain message came, which keeps its place behind reliable ones. */
  void plain(Runnable deliver, int bytes) {
    turn.run(
        () -> {
          if (!closed && (asking || unknown > 0) && progress.position() != null && !failing) {
            hold(Held.plain(deliver, bytes, questions));
          } else {
            deliver.run();
          }
        });
  }

  /** Runs the task when everything up to a position was taken, or nothing will be any more. */
  void whenReached(Position wanted, Runnable task) {
    turn.run(
        () -> {
          if (closed) {
            task.run();
          } else {
            progress.whenReached(wanted, task);
          }
        });
  }

  /** Runs the task between two messages, with the place of the last; null when it is not known. */
  void between(Consumer<@Nullable Position> task) {
    turn.run(() -> task.accept(progress.position()));
  }

  void close() {
    turn.run(
        () -> {
          closed = true;
          started.complete(null);
          backlog.takeAll();
          progress.close();
        });
  }

  /** Compares the end of the history with what has arrived; something may be missing unseen. */
  void check() {
    turn.run(
        () -> {
          if (!closed && !asking && !pause.waiting()) {
            check.run(this::ask);
          }
        });
  }

  private void later(long millis, Runnable task) {
    owner.later(
        millis,
        () ->
            turn.run(
                () -> {
                  if (!closed) {
                    task.run();
                  }
                }));
  }

  private void hold(Held one) {
    if (!backlog.add(one)) {
      // Reliable ones are in the history; plain ones are worth more than their place.
      unknown = 0;
      backlog.takeAll().forEach(Held::runPlain);
      one.runPlain();
      askAgain = true;
    }
  }

  private void ask() {
    if (closed) {
      return;
    }
    if (asking) {
      askAgain = true;
      return;
    }
    Position from = progress.position();
    if (from != null) {
      ask(from);
      return;
    }
    begun();
    var unused =
        owner
            .end(channel)
            .whenComplete((end, failure) -> turn.run(() -> answered(failure, () -> beginAt(end))));
  }

  private void ask(Position from) {
    begun();
    var unused =
        owner
            .after(channel, from, size.messages(), size.bytes())
            .whenComplete(
                (page, failure) -> turn.run(() -> answered(failure, () -> read(from, page))));
  }

  private void begun() {
    asking = true;
    askAgain = false;
    pause.end();
    questions++;
  }

  private void answered(@Nullable Throwable failure, Runnable take) {
    asking = false;
    started.complete(null);
    if (closed) {
      return;
    }
    if (failure != null) {
      failed(failure);
      return;
    }
    failures = 0;
    refusals = 0;
    failing = false;
    take.run();
    if (askAgain) {
      ask();
    } else {
      drain();
    }
  }

  private void beginAt(Position end) {
    Position here = progress.position();
    if (here == null) {
      progress.begin(end);
    } else if (end.compareTo(here) > 0) {
      askAgain = true;
    }
  }

  private void read(Position from, Page page) {
    if (!from.equals(progress.position())) {
      // What came before it was not taken to its end.
      askAgain = true;
      return;
    }
    if (page.more()) {
      size.filled();
    }
    List<Kept> kept = page.kept();
    if (page.more() && !kept.isEmpty()) {
      // What follows is on its way while this is delivered.
      ask(kept.get(kept.size() - 1).position());
    }
    progress.read(page, backlog);
  }

  private void failed(Throwable failure) {
    failing = true;
    failures++;
    boolean refused = HistoryException.kindOf(failure) == HistoryException.Kind.REFUSED;
    refusals = refused ? refusals + 1 : 0;
    // Perhaps the answer is too long for the time it has.
    size.unanswered();
    backlog.flushPlain();
    if (refusals >= TRIES) {
      // Clients get what comes rather than nothing.
      if (progress.stop()) {
        owner.lost(channel, -1, Reason.HISTORY_LOST);
      }
      failures = 0;
      refusals = 0;
      failing = false;
      drain();
      return;
    }
    pause.begin(failures, this::ask);
  }

  private void drain() {
    for (Held one = backlog.first(); one != null && !asking; one = backlog.first()) {
      Delivery delivery = one.delivery();
      boolean asked = one.before() < questions;
      if (delivery == null || progress.take(delivery, asked)) {
        backlog.removeFirst();
        unknown = 0;
        one.runPlain();
      } else if (!asked) {
        ask();
      } else if (++unknown < TRIES) {
        // Perhaps another server answers soon; what has its place meanwhile goes on.
        backlog.offer(each -> progress.take(each, false));
        pause.begin(unknown, this::ask);
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
    for (Held one : backlog.takeAll()) {
      Delivery delivery = one.delivery();
      if (delivery == null) {
        one.runPlain();
      } else {
        progress.takeUnplaced(delivery);
      }
    }
  }
}
