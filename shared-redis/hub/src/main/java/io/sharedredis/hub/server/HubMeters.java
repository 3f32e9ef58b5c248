package io.sharedredis.hub.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what this process's hubs do, since it started. Thread-safe and cheap enough for every
 * message.
 */
public final class HubMeters {

  /** What is counted; each name is that of a counter. */
  enum Event {
    CONNECTED,
    HANDSHAKES_REFUSED,
    MESSAGES_IN,
    BYTES_IN,
    MESSAGES_OUT,
    BYTES_OUT,
    CALLS,
    CALLS_FAILED,
    /** Connections cut because their client did not keep up. */
    SLOW_CLIENTS_CUT,
    /** Clients that came back to the connection they had, over another socket. */
    RECONNECTED,
    /** Connections that came from another replica. */
    ARRIVED,
    /** Connections that went to another replica. */
    DEPARTED,
    /** Connections closed with leave to come back: their clients begin anew by themselves. */
    TOLD_TO_RETURN,
    /** Connections closed because of what their client sent, or did not send. */
    CLOSED_BY_FAULT,
    /**
     * Requests said to come from another replica, without the token of the connection they name.
     */
    RELAYS_REFUSED
  }

  private final LongAdder[] events = adders(Event.values().length);
  private final LongAdder[] notMoved = adders(NotMoved.values().length);

  private static LongAdder[] adders(int count) {
    LongAdder[] adders = new LongAdder[count];
    Arrays.setAll(adders, i -> new LongAdder());
    return adders;
  }

  void count(Event event) {
    events[event.ordinal()].increment();
  }

  long counted(Event event) {
    return events[event.ordinal()].sum();
  }

  void add(Event event, long amount) {
    events[event.ordinal()].add(amount);
  }

  /** Counts a connection that was to go to another replica, or to come from one, and could not. */
  public void notMoved(NotMoved why) {
    notMoved[why.ordinal()].increment();
  }

  /** How many connections could not move for that reason. */
  public long notMovedSoFar(NotMoved why) {
    return notMoved[why.ordinal()].sum();
  }

  /** Counts a relayed request that lacked its connection's token. */
  public void relayRefused() {
    count(Event.RELAYS_REFUSED);
  }

  /** Every counter by its name, such as {@code messages.in}. */
  public Map<String, Long> counters() {
    Map<String, Long> counters = new TreeMap<>();
    for (Event event : Event.values()) {
      counters.put(
          event.name().toLowerCase(Locale.ROOT).replace('_', '.'), events[event.ordinal()].sum());
    }
    return counters;
  }
}
