package io.sharedredis.lettuce.messaging;

import io.sharedredis.lettuce.messaging.ConnectedSession.Subscription;
import io.sharedredis.lettuce.messaging.UserNews.Sessions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * What other replicas told of their sessions, each for as long as it is heard of. Told on one
 * thread, read on any.
 */
final class RemoteSessions {

  /** Replicas remembered: more than a farm has. What a forger adds beyond is passed over. */
  static final int MOST_REPLICAS = 1024;

  /**
   * Memory that all of them together may take, in bytes: 200,000 sessions with a subscription each.
   * The sessions of a replica with which they would be more are not known here.
   */
  static final long MOST_BYTES = 128L * 1024 * 1024;

  /** Memory of a session and its place in lists and maps, without its texts, in bytes. */
  private static final int SESSION_BYTES = 256;

  /** Memory of a subscription without its texts, in bytes. */
  private static final int SUBSCRIPTION_BYTES = 128;

  /**
   * What one replica told, complete.
   *
   * @param refused there was no room for it, and nothing of it is known
   * @param bytes it takes; where it was refused, at least so many it would take
   */
  private record Replica(
      long number,
      Map<String, List<ConnectedSession>> byUser,
      boolean refused,
      long bytes,
      long heardAtNanos) {

    long taken() {
      return refused ? 0 : bytes;
    }
  }

  /** What one replica has told so far. */
  private record Unfinished(
      long number, int next, List<ConnectedSession> sessions, long bytes, long heardAtNanos) {}

  private final Map<Long, Replica> replicas = new ConcurrentHashMap<>();
  private final Map<Long, Unfinished> unfinished = new ConcurrentHashMap<>();
  private final long expiryNanos;
  private final LongSupplier nanos;
  private final long mostBytes;

  RemoteSessions(long expiryNanos, LongSupplier nanos) {
    this(expiryNanos, nanos, MOST_BYTES);
  }

  RemoteSessions(long expiryNanos, LongSupplier nanos, long mostBytes) {
    this.mostBytes = mostBytes;
    this.expiryNanos = expiryNanos;
    this.nanos = nanos;
  }

  /**
   * The replica lives; false when its sessions of that number are not known here, or had no room
   * that is there now.
   */
  boolean alive(long publisher, long number) {
    Replica known = replicas.get(publisher);
    if (known == null || known.number() != number) {
      return false;
    }
    replicas.put(
        publisher,
        new Replica(number, known.byUser(), known.refused(), known.bytes(), nanos.getAsLong()));
    return !(known.refused() && fits(publisher, known.bytes()));
  }

  /** Takes a part; false when an earlier one is missing, so that all have to be asked for. */
  boolean told(long publisher, Sessions part) {
    Unfinished before = unfinished.remove(publisher);
    if (part.part() == 0) {
      before = new Unfinished(part.number(), 0, new ArrayList<>(), 0, 0);
    } else if (refused(publisher, part.number())) {
      return true;
    }
    if (before == null || before.number() != part.number() || before.next() != part.part()) {
      return false;
    }
    long bytes = before.bytes() + bytes(part.sessions());
    if (!fits(publisher, bytes)) {
      put(publisher, new Replica(part.number(), Map.of(), true, bytes, nanos.getAsLong()));
      return true;
    }
    before.sessions().addAll(part.sessions());
    if (part.part() + 1 < part.parts()) {
      if (unfinished.size() < MOST_REPLICAS) {
        unfinished.put(
            publisher,
            new Unfinished(
                part.number(), part.part() + 1, before.sessions(), bytes, nanos.getAsLong()));
      }
      return true;
    }
    put(
        publisher,
        new Replica(part.number(), byUser(before.sessions()), false, bytes, nanos.getAsLong()));
    return true;
  }

  private void put(long publisher, Replica replica) {
    if (replicas.containsKey(publisher) || replicas.size() < MOST_REPLICAS) {
      replicas.put(publisher, replica);
    }
  }

  /** Whether there was no room for what the replica told last. */
  boolean refuses(long publisher) {
    Replica known = replicas.get(publisher);
    return known != null && known.refused();
  }

  private boolean refused(long publisher, long number) {
    Replica known = replicas.get(publisher);
    return known != null && known.refused() && known.number() == number;
  }

  /** Whether there is room for so many bytes in place of what the replica has. */
  private boolean fits(long publisher, long bytes) {
    Replica own = replicas.get(publisher);
    return bytes() - (own == null ? 0 : own.taken()) + bytes <= mostBytes;
  }

  /** Memory that all of it takes, estimated. */
  long bytes() {
    return replicas.values().stream().mapToLong(Replica::taken).sum()
        + unfinished.values().stream().mapToLong(Unfinished::bytes).sum();
  }

  private static long bytes(List<ConnectedSession> sessions) {
    long bytes = 0;
    for (ConnectedSession session : sessions) {
      bytes += SESSION_BYTES + 2L * (session.user().length() + session.id().length());
      for (Subscription subscription : session.subscriptions()) {
        bytes +=
            SUBSCRIPTION_BYTES
                + 2L * (subscription.id().length() + subscription.destination().length());
      }
    }
    return bytes;
  }

  private static Map<String, List<ConnectedSession>> byUser(List<ConnectedSession> sessions) {
    Map<String, List<ConnectedSession>> byUser = new HashMap<>();
    for (ConnectedSession session : sessions) {
      byUser.computeIfAbsent(session.user(), name -> new ArrayList<>()).add(session);
    }
    return byUser;
  }

  void gone(long publisher) {
    replicas.remove(publisher);
    unfinished.remove(publisher);
  }

  /** Forgets who was not heard of for too long. */
  void purge() {
    long now = nanos.getAsLong();
    replicas.values().removeIf(replica -> expired(replica.heardAtNanos(), now));
    unfinished.values().removeIf(rest -> expired(rest.heardAtNanos(), now));
  }

  private boolean expired(long heardAtNanos, long now) {
    return now - heardAtNanos > expiryNanos;
  }

  List<ConnectedSession> of(String user) {
    return living().flatMap(byUser -> byUser.getOrDefault(user, List.of()).stream()).toList();
  }

  List<String> users() {
    return living().flatMap(byUser -> byUser.keySet().stream()).distinct().toList();
  }

  List<ConnectedSession> all() {
    return living().flatMap(byUser -> byUser.values().stream()).flatMap(List::stream).toList();
  }

  private Stream<Map<String, List<ConnectedSession>>> living() {
    long now = nanos.getAsLong();
    return replicas.values().stream()
        .filter(replica -> !expired(replica.heardAtNanos(), now))
        .map(Replica::byUser);
  }
}
