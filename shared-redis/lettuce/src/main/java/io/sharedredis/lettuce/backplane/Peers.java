package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.backplane.BackplaneState.PeerState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/**
 * The other Java replicas of a hub, as they announce themselves: a replica says hello every {@link
 * #BEAT} while it hears everything it wants to hear, at once when that begins, and when asked.
 *
 * <p>After an outage that this replica saw, {@link #allHere} turns true when every replica that was
 * here before has said hello again, or has had {@link #LEASE} for it. .NET replicas say nothing and
 * are not waited for.
 *
 * <p>Payload on {@code shared-redis:backplane:peers:{hub}}: {@code [kind, server name, number of
 * connections]}; kind 1 hello, 2 asks all others for a hello, 3 bye.
 */
final class Peers implements BackplaneBus.Watcher {

  /** Two lost in a row are no reason to think that a replica is gone. */
  static final Duration BEAT = Duration.ofMillis(1_500);

  /** How long a silent replica counts as here. */
  static final Duration LEASE = Duration.ofSeconds(5);

  /** More names than any farm has replicas are noise. */
  private static final int MAX_PEERS = 10_000;

  /** What the names of the channels of announcements begin with. */
  static final String CHANNELS = "shared-redis:backplane:peers:{";

  private static final int HELLO = 1;
  private static final int ASK = 2;
  private static final int BYE = 3;

  private final BackplaneBus bus;
  private final String channel;
  private final String server;
  private final IntSupplier ownConnections;
  private final InstantSource clock;
  private final BackplaneMeters meters;
  private final Runnable onAllHere;
  private final ScheduledFuture<?> beating;

  private record Seen(Instant at, int connections) {}

  // Guarded by this; nothing under it calls the bus.
  private final Map<String, Seen> lastSeen = new HashMap<>();
  private final Set<String> missing = new HashSet<>();
  private boolean lost;
  private Instant backSince = Instant.EPOCH;
  private boolean closed;

  /**
   * @param connections how many connections this replica has
   * @param onAllHere runs when {@link #allHere} turns true
   */
  Peers(
      BackplaneBus bus,
      String hub,
      String server,
      IntSupplier connections,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      BackplaneMeters meters,
      Runnable onAllHere) {
    this.ownConnections = connections;
    this.bus = bus;
    this.channel = channel(hub);
    this.server = server;
    this.clock = clock;
    this.meters = meters;
    this.onAllHere = onAllHere;
    bus.watch(this);
    // The hub's other channels were asked for before this one, so they are heard by then too.
    var unused = bus.settle(channel, () -> !closed(), this::heard).thenRun(() -> say(ASK));
    this.beating =
        scheduler.scheduleWithFixedDelay(
            this::beat, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Where the replicas of a hub announce themselves. */
  static String channel(String hub) {
    return CHANNELS + hub + "}";
  }

  /** Whether what is published now is heard by every replica that was here before an outage. */
  synchronized boolean allHere() {
    return !lost && missing.isEmpty();
  }

  /** How many other Java replicas are here. */
  synchronized int count() {
    return (int) here().count();
  }

  /** How many connections the other Java replicas have. */
  synchronized long connections() {
    return here().mapToLong(Seen::connections).sum();
  }

  /** The replicas that were heard and have not said bye, by name. */
  synchronized List<PeerState> states() {
    Instant expired = clock.instant().minus(LEASE);
    return lastSeen.entrySet().stream()
        .map(
            peer ->
                new PeerState(
                    peer.getKey(),
                    peer.getValue().at(),
                    !peer.getValue().at().isBefore(expired),
                    peer.getValue().connections()))
        .sorted(Comparator.comparing(PeerState::server))
        .toList();
  }

  /** How many were here before an outage and have not been heard since. */
  synchronized int missing() {
    return missing.size();
  }

  private Stream<Seen> here() {
    Instant expired = clock.instant().minus(LEASE);
    return lastSeen.values().stream().filter(seen -> !seen.at().isBefore(expired));
  }

  @Override
  public synchronized void lost() {
    lost = true;
    missing.addAll(lastSeen.keySet());
  }

  @Override
  public void settled() {
    boolean here;
    synchronized (this) {
      lost = false;
      backSince = clock.instant();
      here = missing.isEmpty();
    }
    // Both at once: the others learn that this replica hears them, and say whether they hear it.
    say(ASK);
    if (here) {
      onAllHere.run();
    }
  }

  private void beat() {
    boolean here = false;
    synchronized (this) {
      Instant now = clock.instant();
      Instant expired = now.minus(LEASE);
      // Nobody can be heard during an outage; the lease runs from its end.
      if (!lost && backSince.isBefore(expired)) {
        lastSeen.values().removeIf(seen -> seen.at().isBefore(expired));
        here = !missing.isEmpty() && missing.retainAll(lastSeen.keySet()) && missing.isEmpty();
      }
    }
    if (here) {
      onAllHere.run();
    }
    if (bus.settled()) {
      say(HELLO);
    }
  }

  private void heard(byte[] payload) {
    int kind;
    String name;
    int connections;
    try {
      PayloadReader in = new PayloadReader(payload);
      in.array(3, "Peer");
      kind = in.int32();
      name = in.string();
      connections = in.int32();
    } catch (MalformedMessageException e) {
      meters.malformed("peers", "It is no announcement.");
      return;
    }
    if (name.equals(server)) {
      return;
    }
    boolean here;
    synchronized (this) {
      boolean waited = !missing.isEmpty();
      if (kind == BYE) {
        lastSeen.remove(name);
        missing.remove(name);
      } else if (lastSeen.containsKey(name) || lastSeen.size() < MAX_PEERS) {
        // Whoever asks hears everything too.
        lastSeen.put(name, new Seen(clock.instant(), Math.max(0, connections)));
        missing.remove(name);
      }
      here = waited && missing.isEmpty() && !lost;
    }
    if (here) {
      onAllHere.run();
    }
    if (kind == ASK && bus.settled()) {
      say(HELLO);
    }
  }

  private void say(int kind) {
    byte[] payload = announcement(kind, server, ownConnections.getAsInt());
    var unused = bus.publish(channel, payload).exceptionally(failure -> null);
  }

  static byte[] announcement(int kind, String server, int connections) {
    return new PayloadWriter(64)
        .array(3)
        .integer(kind)
        .string(server)
        .integer(connections)
        .toBytes();
  }

  /** An announcement as somebody reads it who is no replica. */
  static TrafficContent.Announced announced(byte[] payload) {
    PayloadReader in = new PayloadReader(payload);
    in.array(3, "Peer");
    String kind =
        switch (in.int32()) {
          case HELLO -> "hello";
          case ASK -> "ask";
          case BYE -> "bye";
          default -> "other";
        };
    return new TrafficContent.Announced(kind, in.string(), in.int32());
  }

  private synchronized boolean closed() {
    return closed;
  }

  void close() {
    beating.cancel(false);
    say(BYE);
    synchronized (this) {
      closed = true;
    }
    var unused = bus.settle(channel, () -> !closed(), this::heard);
  }
}
