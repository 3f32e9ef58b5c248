package io.sharedredis.lettuce.messaging;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what passes between replicas, since the process started. Thread-safe. */
public final class MessagingMeters {

  private static final Logger log = LoggerFactory.getLogger(MessagingMeters.class);

  /** What is counted; each is the name of a counter. */
  public enum Event {
    /** Redis took a message. */
    PUBLISHED,
    /** A message never left this replica: Redis is away or does not keep up. */
    NOT_SENT,
    /** A message left and Redis did not answer: others may have got it. */
    OUTCOME_UNKNOWN,
    /** A message was larger than allowed, and stayed here. */
    TOO_LARGE,
    /** A message had no bytes as payload, and stayed here. */
    NOT_BYTES,
    /** Other replicas' messages that were handed to the broker here. */
    DELIVERED,
    /** This replica's own messages, which were delivered long ago. */
    ECHOES,
    /** Messages dropped because this replica did not keep up. */
    DROPPED,
    /** The broker here threw something at a message of another replica. */
    FAILED
  }

  private final LongAdder[] events = new LongAdder[Event.values().length];
  private final Map<String, LongAdder> malformed = new ConcurrentHashMap<>();

  public MessagingMeters() {
    for (Event event : Event.values()) {
      events[event.ordinal()] = new LongAdder();
    }
  }

  /** Counts one. */
  public void count(Event event) {
    events[event.ordinal()].increment();
  }

  /** Counts a payload that cannot be used, and logs the first of its kind. */
  public void malformed(String kind, String reason) {
    LongAdder counter = malformed.get(kind);
    if (counter == null) {
      counter = malformed.computeIfAbsent(kind, key -> new LongAdder());
      log.warn(
          "A payload on a messaging channel cannot be used: {}: {} Further ones are only counted.",
          kind,
          reason);
    }
    counter.increment();
  }

  /**
   * Counters by name, lower case with dashes; malformed payloads as {@code malformed} and by kind
   * as {@code malformed:<kind>}.
   */
  public Map<String, Long> counters() {
    Map<String, Long> all = new TreeMap<>();
    for (Event event : Event.values()) {
      all.put(event.name().toLowerCase(Locale.ROOT).replace('_', '-'), counter(event));
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

  private long counter(Event event) {
    return events[event.ordinal()].sum();
  }
}
