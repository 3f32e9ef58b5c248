package io.sharedredis.lettuce.messaging;

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

  /** What one replica told, complete. */
  private record Replica(
      long number, Map<String, List<ConnectedSession>> byUser, long heardAtNanos) {}

  /** What one replica has told so far. */
  private record Unfinished(
      long number, int next, List<ConnectedSession> sessions, long heardAtNanos) {}

  private final Map<Long, Replica> replicas = new ConcurrentHashMap<>();
  private final Map<Long, Unfinished> unfinished = new ConcurrentHashMap<>();
  private final long expiryNanos;
  private final LongSupplier nanos;

  RemoteSessions(long expiryNanos, LongSupplier nanos) {
    this.expiryNanos = expiryNanos;
    this.nanos = nanos;
  }

  /** The replica lives; false when its sessions of that number are not known here. */
  boolean alive(long publisher, long number) {
    Replica known = replicas.get(publisher);
    if (known == null || known.number() != number) {
      return false;
    }
    replicas.put(publisher, new Replica(number, known.byUser(), nanos.getAsLong()));
    return true;
  }

  /** Takes a part; false when an earlier one is missing, so that all have to be asked for. */
  boolean told(long publisher, Sessions part) {
    Unfinished before = unfinished.remove(publisher);
    if (part.part() == 0) {
      before = new Unfinished(part.number(), 0, new ArrayList<>(), 0);
    }
    if (before == null || before.number() != part.number() || before.next() != part.part()) {
      return false;
    }
    before.sessions().addAll(part.sessions());
    if (part.part() + 1 < part.parts()) {
      if (unfinished.size() < MOST_REPLICAS) {
        unfinished.put(
            publisher,
            new Unfinished(part.number(), part.part() + 1, before.sessions(), nanos.getAsLong()));
      }
      return true;
    }
    if (replicas.containsKey(publisher) || replicas.size() < MOST_REPLICAS) {
      replicas.put(
          publisher, new Replica(part.number(), byUser(before.sessions()), nanos.getAsLong()));
    }
    return true;
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
