package io.sharedredis.lettuce.backplane;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what a backplane does, since the process started. Thread-safe and cheap enough for every
 * message.
 */
public final class BackplaneMeters {

  private static final Logger log = LoggerFactory.getLogger(BackplaneMeters.class);

  /** Event names; each is the name of a counter. */
  enum Event {
    PUBLISHED,
    NOT_SENT,
    OUTCOME_UNKNOWN,
    RECEIVED,
    ECHOES,
    GAPS,
    CONNECTS,
    DISCONNECTS,
    PROBES,
    PROBE_MISSES,
    SUBSCRIPTIONS_MENDED,
    SUBSCRIPTIONS_REFUSED,
    LATE_ACKS,
    LATE_ANSWERS,
    RELIABLE_PUBLISHED,
    RELIABLE_RETRIES,
    RELIABLE_FILLED,
    RELIABLE_REPEATED,
    GAPS_FILLED,
    GAPS_LOST,
    RESUMED,
    RESUME_DELIVERED,
    RESUME_TAKEN_OVER
  }

  private final LongAdder[] events = new LongAdder[Event.values().length];
  private final Map<String, LongAdder> malformed = new ConcurrentHashMap<>();
  private final LongAdder lagCount = new LongAdder();
  private final LongAdder lagNanos = new LongAdder();
  private final LongAccumulator lagMax = new LongAccumulator(Math::max, 0);

  public BackplaneMeters() {
    for (Event event : Event.values()) {
      events[event.ordinal()] = new LongAdder();
    }
  }

  void count(Event event) {
    events[event.ordinal()].increment();
  }

  void count(Event event, long times) {
    events[event.ordinal()].add(times);
  }

  /** Counts a payload that cannot be used, and logs the first of its kind. */
  void malformed(String kind, String reason) {
    LongAdder counter = malformed.get(kind);
    if (counter == null) {
      counter = malformed.computeIfAbsent(kind, key -> new LongAdder());
      log.warn(
          "A payload on a backplane channel cannot be used: {}: {} Further ones are only counted.",
          kind,
          reason);
    }
    counter.increment();
  }

  /** A message of this replica came back after this time: publish to delivery, as peers see it. */
  void lag(long nanos) {
    lagCount.increment();
    lagNanos.add(nanos);
    lagMax.accumulate(nanos);
  }

  /**
   * Counters by name, lower case with dashes; malformed payloads as {@code malformed} and by kind
   * as {@code malformed:<kind>}.
   */
  public Map<String, Long> counters() {
    Map<String, Long> all = new TreeMap<>();
    for (Event event : Event.values()) {
      all.put(name(event), events[event.ordinal()].sum());
    }
    long unusable = 0;
    for (Map.Entry<String, LongAdder> kind : malformed.entrySet()) {
      long count = kind.getValue().sum();
      all.put("malformed:" + kind.getKey(), count);
      unusable += count;
    }
    all.put("malformed", unusable);
    return all;
  }

  /** The value of one counter; 0 for one that never counted. */
  public long counter(String name) {
    return counters().getOrDefault(name, 0L);
  }

  /** Mean time from publishing to receiving, seen on this replica's own messages. */
  public Duration meanLag() {
    long count = lagCount.sum();
    return count == 0 ? Duration.ZERO : Duration.ofNanos(lagNanos.sum() / count);
  }

  /** Longest time from publishing to receiving since the start. */
  public Duration maxLag() {
    return Duration.ofNanos(lagMax.get());
  }

  private static String name(Event event) {
    return event.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
