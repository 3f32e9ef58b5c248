package io.sharedredis.lettuce.messaging;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * What sessions of this replica have subscribed to, counted, so that it listens to a channel as
 * long as somebody needs it. Changes and the subscriptions they cause happen under one lock, in one
 * order; nothing under it waits. Thread-safe.
 */
public final class Interest {

  /** Begins and ends listening; does not block. */
  interface Channels {
    void destinations(List<Integer> partitions, boolean wanted);

    void user(String name, boolean wanted);
  }

  /** What one subscription needs. */
  private sealed interface Need {
    record Destination(int partition) implements Need {}

    record Pattern() implements Need {}

    record User(String name) implements Need {}
  }

  private static final Need PATTERN = new Need.Pattern();

  /**
   * All partitions are listened to for so long when no pattern is left, in seconds: a client that
   * subscribes to one and ends it, over and over, makes Redis do the eight commands once in that
   * time and not with each frame. Until then the replica hears what is not for it.
   */
  static final int GRACE_SECONDS = 5;

  private final Channels channels;
  private final ScheduledExecutorService timers;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Map<String, Need>> sessions = new HashMap<>();
  private final int[] destinations = new int[MessagingChannels.PARTITIONS];
  private final Map<String, Integer> users = new HashMap<>();
  private int patterns;

  /** All partitions are listened to: there is a pattern, or was one a moment ago. */
  private boolean everything;

  private boolean releasing;

  /**
   * @param timers runs what is due; its tasks do not wait
   */
  Interest(Channels channels, ScheduledExecutorService timers) {
    this.channels = channels;
    this.timers = timers;
  }

  /**
   * A session subscribes to one destination. A subscription whose id the session has already used
   * is ignored, here as below.
   */
  public void destination(String session, String subscription, String destination) {
    add(session, subscription, new Need.Destination(MessagingChannels.partition(destination)));
  }

  /** A session subscribes to destinations by a pattern: any destination may match. */
  public void pattern(String session, String subscription) {
    add(session, subscription, PATTERN);
  }

  /** A session subscribes to what is sent to its user. */
  public void user(String session, String subscription, String user) {
    add(session, subscription, new Need.User(user));
  }

  private void add(String session, String subscription, Need need) {
    locked(
        () -> {
          Map<String, Need> needs = sessions.computeIfAbsent(session, key -> new LinkedHashMap<>());
          if (needs.putIfAbsent(subscription, need) == null) {
            begin(need);
          }
        });
  }

  /** A session ends a subscription. */
  public void ended(String session, String subscription) {
    locked(
        () -> {
          Map<String, Need> needs = sessions.get(session);
          if (needs == null) {
            return;
          }
          Need need = needs.remove(subscription);
          if (needs.isEmpty()) {
            sessions.remove(session);
          }
          if (need != null) {
            end(need);
          }
        });
  }

  /** A session ends all its subscriptions. */
  public void ended(String session) {
    locked(
        () -> {
          Map<String, Need> needs = sessions.remove(session);
          if (needs != null) {
            needs.values().forEach(this::end);
          }
        });
  }

  private void begin(Need need) {
    if (need instanceof Need.Destination destination) {
      if (destinations[destination.partition()]++ == 0 && !everything) {
        channels.destinations(List.of(destination.partition()), true);
      }
    } else if (need instanceof Need.User user) {
      if (users.merge(user.name(), 1, Integer::sum) == 1) {
        channels.user(user.name(), true);
      }
    } else {
      patterns++;
      if (!everything) {
        everything = true;
        channels.destinations(unusedPartitions(), true);
      }
    }
  }

  private void end(Need need) {
    if (need instanceof Need.Destination destination) {
      if (--destinations[destination.partition()] == 0 && !everything) {
        channels.destinations(List.of(destination.partition()), false);
      }
    } else if (need instanceof Need.User user) {
      if (users.merge(user.name(), -1, Integer::sum) == 0) {
        users.remove(user.name());
        channels.user(user.name(), false);
      }
    } else if (--patterns == 0 && !releasing) {
      releasing = true;
      releaseLater();
    }
  }

  private void releaseLater() {
    try {
      var unused = timers.schedule(() -> locked(this::release), GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      // The process ends.
      release();
    }
  }

  private void release() {
    releasing = false;
    if (patterns == 0 && everything) {
      everything = false;
      channels.destinations(unusedPartitions(), false);
    }
  }

  private List<Integer> unusedPartitions() {
    return IntStream.range(0, destinations.length)
        .filter(partition -> destinations[partition] == 0)
        .boxed()
        .toList();
  }

  /** All sessions end, and nothing is listened to any more. */
  void close() {
    locked(
        () -> {
          List.copyOf(sessions.keySet()).forEach(this::ended);
          release();
        });
  }

  /** Sessions with a subscription. */
  Set<String> sessions() {
    lock.lock();
    try {
      return Set.copyOf(sessions.keySet());
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }
}
