package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.lettuce.backplane.BackplaneMeters.Event;
import io.sharedredis.lettuce.backplane.PlaceStore.Claim;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One connection whose client has a resume id: which channels it follows, and what is written of
 * its places. Only what the client has received is written, so that what is given again begins no
 * later than what it lacks. Thread-safe; nothing blocks.
 */
final class Resumption {

  /** Tries to claim a record that is refused, before the connection goes without. */
  private static final int TRIES = 5;

  /** Unit: milliseconds. First pause before it is claimed again; doubled up to the last. */
  private static final long FIRST_PAUSE = 50;

  /** Unit: milliseconds. */
  private static final long LAST_PAUSE = 1_000;

  private final HubConnection connection;

  /** Whether its client wants to know the places of messages. */
  private final boolean withPlaces;

  /** Where its places are written; null for a client that comes back to its connection only. */
  private final @Nullable PlaceKey key;

  private final Resumptions owner;
  private final InTurn turn = new InTurn();

  /** Completes when it is known what was written, or by false that nobody can tell for now. */
  private final CompletableFuture<Boolean> claimed = new CompletableFuture<>();

  // From here on: in turn only.
  private final Map<String, Follower> followers = new ConcurrentHashMap<>();

  /** Channels whose followers know where they begin. */
  private final Set<String> begun = new HashSet<>();

  /** Followers that wait for what was written. */
  private final List<Runnable> waiting = new ArrayList<>();

  /** Of channels that are followed: up to where the client has received. */
  private final Map<String, Position> received = new LinkedHashMap<>();

  /** Of channels that it followed when it was last here. */
  private final Map<String, Position> former = new HashMap<>();

  /** Channels that it left before it was known what was written. */
  private final Set<String> forgotten = new HashSet<>();

  private volatile List<String> connections = List.of();
  private Instant formerUntil = Instant.EPOCH;

  /** Whether it is on its way from another replica, which has not said yet what it has given. */
  private boolean arrives;

  private boolean settled;
  private long claim;
  private boolean writes;
  private boolean asking;
  private boolean writing;
  private boolean changed;
  private List<CompletableFuture<Void>> written = new ArrayList<>();
  private Instant writtenAt = Instant.EPOCH;
  private int tries;

  /** Writes in a row that failed. */
  private int unwritten;

  private boolean over;

  Resumption(
      HubConnection connection, boolean withPlaces, @Nullable PlaceKey key, Resumptions owner) {
    this.connection = connection;
    this.withPlaces = withPlaces;
    this.key = key;
    this.owner = owner;
    this.arrives = connection.moving();
  }

  HubConnection connection() {
    return connection;
  }

  /** Takes over what was written for the client. */
  void claim() {
    PlaceKey record = key;
    if (record == null) {
      turn.run(this::settle);
      return;
    }
    var unused =
        owner
            .store()
            .claim(record)
            .whenComplete(
                (answer, failure) ->
                    turn.run(
                        () -> {
                          if (failure == null) {
                            claimed(answer);
                          } else {
                            refused(failure);
                          }
                        }));
  }

  private void claimed(Claim answer) {
    claim = answer.number();
    writes = true;
    Places before = owner.read(answer.places());
    former.putAll(before.positions());
    changed |= former.keySet().removeAll(forgotten);
    forgotten.clear();
    formerUntil = owner.now().plus(owner.kept());
    List<String> ids = new ArrayList<>(before.connections());
    ids.remove(connection.connectionId());
    ids.add(connection.connectionId());
    connections = ids;
    if (!before.positions().isEmpty()) {
      owner.count(Event.RESUMED);
    }
    settle();
  }

  private void refused(Throwable failure) {
    claimed.complete(false);
    tries++;
    if (HistoryException.kindOf(failure) == HistoryException.Kind.REFUSED && tries >= TRIES) {
      owner.cannotWrite(failure);
      settle();
    } else if (!over) {
      owner.later(Math.min(LAST_PAUSE, FIRST_PAUSE << Math.min(tries, 10)), this::claim);
    }
  }

  private void settle() {
    settled = true;
    waiting.forEach(Runnable::run);
    waiting.clear();
    claimed.complete(true);
  }

  /** Begins to follow a channel; what comes from now on is not lost. */
  void join(String channel) {
    turn.run(
        () -> {
          if (over || followers.containsKey(channel)) {
            return;
          }
          Follower follower =
              new Follower(channel, connection, withPlaces && !owner.isConnection(channel), owner);
          followers.put(channel, follower);
          owner.follow(follower, connection.connectionId());
        });
  }

  /**
   * The channel is heard now.
   *
   * @return completes when it is written where the client begins, or that cannot be written now
   */
  CompletionStage<Void> heard(String channel) {
    CompletableFuture<Void> known = new CompletableFuture<>();
    turn.run(
        () -> {
          Runnable begin = () -> begin(channel, known);
          if (settled) {
            begin.run();
          } else {
            waiting.add(begin);
          }
        });
    return claimed.thenCompose(yes -> yes ? known : CompletableFuture.<Void>completedFuture(null));
  }

  private void begin(String channel, CompletableFuture<Void> known) {
    Follower follower = followers.get(channel);
    if (follower == null || over || !begun.add(channel)) {
      known.complete(null);
      return;
    }
    String name = owner.name(channel);
    Position from = former.remove(name);
    if (from != null) {
      record(name, from);
    }
    if (arrives) {
      known.complete(null);
    } else {
      Set<String> ids = new HashSet<>(connections);
      ids.remove(connection.connectionId());
      follower.begin(from, ids, () -> turn.run(() -> begun(follower, name, from, known)));
    }
  }

  private void begun(
      Follower follower, String name, @Nullable Position from, CompletableFuture<Void> known) {
    Position at = follower.place();
    if (from != null || at == null || !writes || !record(name, at)) {
      known.complete(null);
      return;
    }
    // Written at once: should the client be gone again before it is given anything, it comes back
    // to here.
    written.add(known);
    write();
  }

  private boolean record(String name, Position position) {
    boolean room = key != null && !name.equals(Resumptions.CONNECTION) && hasRoom(name);
    if (room) {
      received.put(name, position);
    }
    return room;
  }

  private boolean hasRoom(String name) {
    return received.size() < Places.MOST_CHANNELS || received.containsKey(name);
  }

  /**
   * Stops to follow a channel. A client that left it while it was here does not come back to it;
   * one that was taken out of it because it is gone does.
   */
  void leave(String channel) {
    boolean here = connection.open();
    turn.run(
        () -> {
          unfollow(channel);
          String name = owner.name(channel);
          boolean known = received.containsKey(name) || former.containsKey(name);
          if (here && !settled && key != null) {
            forgotten.add(name);
          }
          if (here && known) {
            received.remove(name);
            former.remove(name);
            write();
          }
        });
  }

  /** It could not join a channel after all: when it does it goes on where it was. */
  void notJoined(String channel) {
    turn.run(
        () -> {
          unfollow(channel);
          String name = owner.name(channel);
          Position place = received.remove(name);
          if (place != null) {
            former.put(name, place);
          }
        });
  }

  private void unfollow(String channel) {
    Follower follower = followers.remove(channel);
    begun.remove(channel);
    if (follower != null) {
      follower.end();
      owner.unfollow(follower, connection.connectionId());
    }
  }

  // ---- on its way from and to other replicas

  /** Gives nothing more; null, and then it goes on, where nobody knows what was given. */
  byte @Nullable [] depart() {
    Map<String, Position> places = new HashMap<>();
    for (Follower follower : followers.values()) {
      if (follower.place() == null) {
        return null;
      }
    }
    for (Follower follower : followers.values()) {
      Position place = follower.end();
      if (place != null) {
        places.put(owner.name(follower.channel()), place);
      }
    }
    return new Places(connections, places).encode();
  }

  void cut() {
    followers.values().forEach(Follower::cut);
  }

  /** Begins behind what it was given at the other replica. */
  void settle(Places given) {
    turn.run(
        () -> {
          Set<String> ids = new HashSet<>(given.connections());
          ids.remove(connection.connectionId());
          // Whoever joins from now on begins by itself, also where the claim is still unanswered.
          arrives = false;
          for (Follower follower : followers.values()) {
            begun.add(follower.channel());
            follower.begin(given.positions().get(owner.name(follower.channel())), ids, () -> {});
          }
        });
  }

  /** The connection has ended. */
  void end() {
    turn.run(
        () -> {
          over = true;
          followers
              .values()
              .forEach(
                  follower -> {
                    follower.end();
                    owner.unfollow(follower, connection.connectionId());
                  });
          if (changed) {
            write();
          }
        });
  }

  /** Looks what the client has received meanwhile; called every {@link Resumptions#INTERVAL}. */
  void look() {
    turn.run(
        () -> {
          if (over || !writes) {
            return;
          }
          Instant now = owner.now();
          if (now.isAfter(formerUntil)) {
            former.clear();
          }
          if (!asking) {
            ask();
          }
          boolean old = writtenAt.plus(owner.kept().dividedBy(4)).isBefore(now);
          if (changed || old && !received.isEmpty()) {
            write();
          }
        });
  }

  private void ask() {
    Map<Follower, Position> given = new HashMap<>();
    for (String channel : begun) {
      Follower follower = followers.get(channel);
      Position place = follower == null ? null : follower.place();
      if (follower != null && place != null && !place.equals(received.get(owner.name(channel)))) {
        given.put(follower, place);
      }
    }
    if (given.isEmpty()) {
      return;
    }
    asking = true;
    var unused =
        confirmed()
            .whenComplete(
                (nothing, failure) ->
                    turn.run(
                        () -> {
                          asking = false;
                          if (failure == null) {
                            received(given);
                          }
                        }));
  }

  private CompletionStage<Void> confirmed() {
    try {
      return connection.confirmed();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void received(Map<Follower, Position> given) {
    given.forEach(
        (follower, place) -> {
          // A membership that has ended meanwhile says nothing about the one after it.
          String channel = follower.channel();
          if (followers.get(channel) == follower && record(owner.name(channel), place)) {
            changed = true;
          }
        });
    if (changed) {
      write();
    }
  }

  private void write() {
    changed = true;
    PlaceKey record = key;
    if (!writes || writing || record == null) {
      return;
    }
    writing = true;
    changed = false;
    List<CompletableFuture<Void>> told = written;
    written = new ArrayList<>();
    Map<String, Position> all = new LinkedHashMap<>(received);
    former.forEach(
        (name, position) -> {
          if (all.size() < Places.MOST_CHANNELS) {
            all.putIfAbsent(name, position);
          }
        });
    var unused =
        owner
            .store()
            .write(record, claim, new Places(connections, all).encode())
            .whenComplete(
                (mine, failure) ->
                    turn.run(
                        () -> {
                          writing = false;
                          if (failure != null && ++unwritten < TRIES) {
                            // Whoever waits for it waits a little longer.
                            written.addAll(told);
                            changed = true;
                            owner.later(FIRST_PAUSE << unwritten, () -> turn.run(this::write));
                            return;
                          }
                          unwritten = 0;
                          told.forEach(one -> one.complete(null));
                          wrote(failure == null ? mine : null);
                        }));
  }

  /**
   * @param mine whether the record is still this connection's; null when nobody knows
   */
  private void wrote(@Nullable Boolean mine) {
    if (mine == null) {
      changed = true;
    } else if (mine) {
      writtenAt = owner.now();
      if (!written.isEmpty() || changed) {
        write();
      }
    } else {
      // The client is back over another connection, which writes from now on.
      writes = false;
      owner.count(Event.RESUME_TAKEN_OVER);
      written.forEach(one -> one.complete(null));
      written.clear();
    }
  }
}
