package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.ReliableGap.Reason;
import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMeters.Event;
import io.sharedredis.lettuce.backplane.History.Kept;
import io.sharedredis.lettuce.backplane.History.Page;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection's way along one channel: from the place where its client was last, through the
 * history, until it has caught up with this replica's reader; from there on it takes what the
 * reader brings. What comes live before is in the history and so is not lost. Thread-safe; nothing
 * blocks.
 */
final class Follower {

  /** Messages read from the history at once; fewer where no answer came in time. */
  private static final int PAGE = 128;

  /** Unit: bytes. At once, at most: a client that takes them slowly keeps them in memory. */
  private static final int PAGE_BYTES = 128 * 1024;

  /** Tries to read a history that refuses, or that never reaches the reader, before it ends. */
  private static final int TRIES = 5;

  private final String channel;
  private final HubConnection connection;
  private final boolean withPlaces;
  private final Resumptions owner;
  private final InTurn turn = new InTurn();
  private final Pause pause;

  /** Held while a message is given and the place moves on, which never blocks. */
  private final ReentrantLock giving = new ReentrantLock();

  /** Written under the lock. */
  private volatile boolean over;

  /** Up to where the connection was given everything; null when nobody knows. */
  private volatile @Nullable Position place;

  // From here on: in turn only.
  private boolean begun;

  /** Where the reader was when it began; beyond everything where that was not known. */
  private Position beganAt = new Position(Long.MAX_VALUE, Long.MAX_VALUE);

  private boolean live;

  /** The first message that came before it was known where to begin. */
  private @Nullable Position skipped;

  /**
   * Up to where the client was given everything when it went live; the reader may still bring it.
   */
  private Position readTo = Position.START;

  private final Queue<Kept> page = new ArrayDeque<>();
  private Set<String> formerly = Set.of();
  private boolean more;
  private int atMost = PAGE;
  private int failures;
  private int inVain;

  /** Looks in a row that found no reader with a place. */
  private int alone;

  Follower(String channel, HubConnection connection, boolean withPlaces, Resumptions owner) {
    this.channel = channel;
    this.connection = connection;
    this.withPlaces = withPlaces;
    this.owner = owner;
    this.pause = new Pause((millis, task) -> owner.later(millis, () -> turn.run(task)));
  }

  String channel() {
    return channel;
  }

  /** Up to where the connection was given everything, whether received or not. */
  @Nullable Position place() {
    return place;
  }

  /**
   * Nothing is given any more.
   *
   * @return up to where everything was; null when nobody knows
   */
  @Nullable Position end() {
    giving.lock();
    try {
      over = true;
      return place;
    } finally {
      giving.unlock();
    }
  }

  /** What came up to now another replica has given. */
  void cut() {
    turn.run(() -> skipped = null);
  }

  /**
   * Begins to give.
   *
   * @param from the last message its client has; null to begin with what comes from now on
   * @param former ids of the client's connections before this one
   * @param known runs when it is settled where it begins
   */
  void begin(@Nullable Position from, Set<String> former, Runnable known) {
    owner.between(
        channel,
        reader ->
            turn.run(
                () -> {
                  formerly = former;
                  begun = true;
                  beganAt = reader == null ? beganAt : reader;
                  begin(from, reader);
                  known.run();
                }));
  }

  private void begin(@Nullable Position from, @Nullable Position reader) {
    if (from == null && skipped == null) {
      goLive(reader);
    } else if (from == null && skipped != null) {
      place = new Position(skipped.epoch(), skipped.offset() - 1);
      read();
    } else if (from != null && from.equals(reader)) {
      goLive(reader);
    } else {
      place = from;
      read();
    }
  }

  private void goLive(@Nullable Position at) {
    place = at;
    readTo = at == null ? Position.START : at;
    live = true;
  }

  /** The reader brings a message. */
  void live(Delivery delivery, Position position, PlacedForms forms) {
    turn.run(
        () -> {
          if (!begun) {
            skipped = skipped == null ? position : skipped;
          } else if (live && position.compareTo(readTo) > 0) {
            giveLive(delivery, position, forms);
          }
        });
  }

  private void giveLive(Delivery delivery, Position position, PlacedForms forms) {
    giving.lock();
    try {
      if (!over) {
        if (!delivery.excluded().contains(connection.connectionId())) {
          var unused = send(forms);
        }
        Position here = place;
        place = here == null || position.compareTo(here) > 0 ? position : here;
      }
    } finally {
      giving.unlock();
    }
  }

  /** A message that cannot be given, whatever it or the transport throws, holds none up. */
  private CompletionStage<Void> send(PlacedForms forms) {
    try {
      return connection.send(forms.of(connection.protocol(), withPlaces));
    } catch (RuntimeException e) {
      owner.unusable(e);
      return CompletableFuture.completedFuture(null);
    }
  }

  // ---- through the history

  private void read() {
    Position from = place;
    if (over || from == null) {
      return;
    }
    var unused =
        owner
            .after(channel, from, atMost, PAGE_BYTES)
            .whenComplete(
                (read, failure) ->
                    turn.run(
                        () -> {
                          if (failure == null) {
                            answered(from, read);
                          } else {
                            failed(failure);
                          }
                        }));
  }

  private void answered(Position from, Page read) {
    failures = 0;
    more = read.more();
    if (read.kept().isEmpty()) {
      nothing(from, read.end());
    } else {
      atMost = Math.min(PAGE, 2 * atMost);
      page.addAll(read.kept());
      inVain = 0;
    }
    give();
  }

  private void nothing(Position from, Position end) {
    if (end.compareTo(from) > 0) {
      owner.lost(channel, end.since(from), Reason.HISTORY_TOO_SHORT);
      place = end;
    } else if (end.equals(Position.START) && !from.equals(Position.START)) {
      owner.lost(channel, -1, Reason.HISTORY_LOST);
      place = end;
    } else if (end.compareTo(from) < 0) {
      // The client has more than this server, or says so; what came since it is here it has not.
      place = beganAt.compareTo(end) < 0 ? beganAt : end;
    }
  }

  /** Gives what was read, as fast as the client takes it. */
  private void give() {
    for (Kept kept = page.poll(); kept != null && !over; kept = page.poll()) {
      CompletionStage<Void> room = give(kept);
      if (!room.toCompletableFuture().isDone()) {
        var unused = room.whenComplete((nothing, failure) -> turn.run(this::give));
        return;
      }
    }
    if (!over) {
      if (more) {
        read();
      } else {
        catchUp();
      }
    }
  }

  private CompletionStage<Void> give(Kept kept) {
    Position here = place;
    CompletionStage<Void> room = CompletableFuture.completedFuture(null);
    if (here == null || kept.position().compareTo(here) <= 0) {
      return room;
    }
    follow(here, kept);
    Delivery delivery = owner.decode(kept.payload());
    PlacedForms forms =
        delivery != null && meant(delivery)
            ? owner.forms(channel, delivery, kept.position())
            : null;
    giving.lock();
    try {
      if (over) {
        return room;
      }
      if (forms != null) {
        // A client that is on its way, or not heard for now, takes nothing either.
        room = send(forms).thenCompose(sent -> connection.drained());
        owner.count(Event.RESUME_DELIVERED);
      }
      place = kept.position();
    } finally {
      giving.unlock();
    }
    return room;
  }

  private boolean meant(Delivery delivery) {
    return !delivery.excluded().contains(connection.connectionId())
        && formerly.stream().noneMatch(delivery.excluded()::contains);
  }

  private void follow(Position here, Kept kept) {
    Position before = kept.previous();
    if (here.offset() == 0 && here.epoch() == kept.position().epoch()) {
      // Just before the first of an epoch: whatever was before that is not for this client.
      return;
    }
    if (before.compareTo(here) > 0) {
      owner.lost(
          channel,
          before.since(here),
          kept.position().offset() == 1 ? Reason.PROMOTION : Reason.HISTORY_TOO_SHORT);
    } else if (before.equals(Position.START) && !here.equals(Position.START)) {
      owner.lost(channel, -1, Reason.HISTORY_LOST);
    } else if (kept.position().epoch() != here.epoch() && before.compareTo(here) < 0) {
      // The client has what this server never had: other messages may have gone with it.
      owner.lost(channel, -1, Reason.PROMOTION);
    }
  }

  /**
   * All that was in the history was given: the reader goes on where it stands, if it is no further.
   * Where it does not stand anywhere yet, more may come before it begins, which only the history
   * has.
   */
  private void catchUp() {
    owner.between(
        channel,
        reader ->
            turn.run(
                () -> {
                  Position here = place;
                  if (over || live) {
                    return;
                  }
                  if (reader == null) {
                    pause.begin(alone++, this::catchUp);
                    return;
                  }
                  alone = 0;
                  if (here == null || here.compareTo(reader) >= 0) {
                    goLive(here);
                  } else if (inVain == 0) {
                    inVain = 1;
                    read();
                  } else if (++inVain < TRIES) {
                    pause.begin(inVain, this::read);
                  } else {
                    owner.lost(channel, -1, Reason.HISTORY_LOST);
                    goLive(reader);
                  }
                }));
  }

  private void failed(Throwable failure) {
    atMost = Math.max(1, atMost / 2);
    failures++;
    if (HistoryException.kindOf(failure) == HistoryException.Kind.REFUSED && failures >= TRIES) {
      owner.lost(channel, -1, Reason.HISTORY_LOST);
      page.clear();
      owner.between(channel, reader -> turn.run(() -> goLive(reader)));
    } else {
      pause.begin(failures, this::read);
    }
  }
}
