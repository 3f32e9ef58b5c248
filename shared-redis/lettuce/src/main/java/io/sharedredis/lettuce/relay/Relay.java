package io.sharedredis.lettuce.relay;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries requests to the replica that owns a connection, and its answers back. Thread-safe;
 * nothing blocks.
 *
 * <p>Replicas that have to do with each other say every {@link #BEAT} that they live, and each to
 * itself too: only while it hears itself does another's silence mean that the other is dead. So a
 * Redis that stalls or restarts ends nothing, and a dead replica is known within 2 s.
 */
public final class Relay implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  /** Time between two signs of life. */
  static final Duration BEAT = Duration.ofMillis(300);

  /** Largest piece of a body in one message: Redis and its other users are not held up by one. */
  public static final int PIECE = 64 * 1024;

  /** Longest payload looked at: a piece, and names and paths of any length that is meant. */
  private static final int LONGEST = PIECE + 64 * 1024;

  /**
   * Ticks for which everything must have been heard before a channel without listeners means a dead
   * replica: 3 s, in which all that live have come back.
   */
  private static final int TRUST_TICKS = 10;

  /**
   * Replicas talked to at a time; far more than a farm has. Beyond it whoever begins takes the
   * place of one that has not shown to hear this replica, so that a flood of invented names costs
   * nothing.
   */
  static final int MOST_PEERS = 256;

  private final RelayWire wire;
  private final String prefix;
  private final String server;
  private final Executor executor;
  private final RandomGenerator random;
  private final ScheduledFuture<?> beating;
  private final Map<String, Peer> peers = new ConcurrentHashMap<>();
  private volatile RelayServer answers = call -> call.reply(404, null, null);
  private final AtomicLong met = new AtomicLong();
  private volatile long tick;
  private volatile int settledTicks;
  private volatile boolean draining;
  private final LongAdder asked = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder ownersLost = new LongAdder();

  /**
   * Begins to listen.
   *
   * @param application isolates farms that share one Redis
   * @param server this process's name, fresh at each start
   * @param executor runs what comes of messages, one after the other for each peer
   * @param random draws the numbers of conversations
   */
  public Relay(
      RelayWire wire,
      String application,
      String server,
      Executor executor,
      ScheduledExecutorService scheduler,
      RandomGenerator random) {
    this.wire = wire;
    this.prefix = "shared-redis:" + application + ":hub:relay:{";
    this.server = server;
    this.executor = executor;
    this.random = random;
    wire.listen(channel(server), this::heard);
    this.beating =
        scheduler.scheduleWithFixedDelay(
            this::beat, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private String channel(String name) {
    return prefix + name + "}";
  }

  /** Sets who answers requests for connections of this replica. */
  public void serve(RelayServer server) {
    answers = server;
  }

  /**
   * Asks the owner of a connection.
   *
   * @param piece the first bytes of the body, at most {@link #PIECE}
   * @param last whether they are all
   * @return the call; null when the listener was told that it failed
   */
  public @Nullable RelayCall ask(
      String owner, RelayRequest request, byte[] piece, boolean last, RelayListener listener) {
    asked.increment();
    Peer known = peers.get(owner);
    RelayCall call = (known == null ? meet(owner) : known).ask(request, piece, last, listener);
    if (draining && call != null) {
      call.hurry();
    }
    return call;
  }

  /** This process stops: whoever waits here for another replica is answered soon. */
  public void drain() {
    draining = true;
    peers.values().forEach(Peer::hurry);
  }

  private Peer meet(String name) {
    Peer peer = newPeer(name);
    Peer other = peers.putIfAbsent(name, peer);
    if (other != null) {
      return other;
    }
    // A process that is gone listens to nothing: no need to wait for its silence.
    if (settledTicks >= TRUST_TICKS) {
      var unused =
          wire.hasListeners(channel(name))
              .thenAccept(
                  listened -> {
                    if (!listened && settledTicks >= TRUST_TICKS) {
                      drop(peer);
                    }
                  })
              .exceptionally(unknown -> null);
    }
    return peer;
  }

  private Peer newPeer(String name) {
    return new Peer(
        name,
        met.incrementAndGet(),
        server,
        channel(name),
        random.nextLong(1, Long.MAX_VALUE),
        random.nextLong(1, Long.MAX_VALUE / 2),
        wire,
        executor,
        call -> {
          answered.increment();
          answers.asked(call);
        });
  }

  private void drop(Peer peer) {
    if (peers.remove(peer.name(), peer)) {
      if (peer.hears()) {
        ownersLost.increment();
        log.info("Replica {} does not answer any more", peer.name());
      } else {
        log.debug("A replica that was never heard to hear this one is given up");
      }
    }
    peer.end(RelayFailure.OWNER_GONE);
  }

  private void beat() {
    try {
      tick++;
      settledTicks = wire.settled() ? settledTicks + 1 : 0;
      if (peers.isEmpty()) {
        return;
      }
      publish(server, new Envelope(server, 0, 0, 0, tick, null));
      for (Peer peer : peers.values()) {
        if (!peer.tick()) {
          peers.remove(peer.name(), peer);
          // A request that came in this moment begins anew with its client.
          peer.end(RelayFailure.NOT_NOW);
        }
      }
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      log.error("The relay's beat failed", e);
    }
  }

  private void publish(String to, Envelope envelope) {
    var unused = wire.publish(channel(to), RelayCodec.encode(envelope)).exceptionally(lost -> null);
  }

  private void heard(byte[] payload) {
    Envelope envelope = payload.length > LONGEST ? null : RelayCodec.decode(payload);
    if (envelope == null) {
      log.debug("A message of another replica is not understood");
    } else if (envelope.from().equals(server)) {
      echoed(envelope.heard());
    } else if (envelope.number() == Envelope.UNKNOWN) {
      Peer peer = peers.get(envelope.from());
      if (peer != null && peer.session() == envelope.heardSession()) {
        drop(peer);
      }
    } else if (envelope.number() == 0) {
      Peer peer = peers.get(envelope.from());
      if (peer != null && !peer.foreign(envelope)) {
        peer.receive(envelope);
      }
    } else {
      said(envelope);
    }
  }

  private void said(Envelope envelope) {
    Peer peer = peers.get(envelope.from());
    if (peer != null && peer.foreign(envelope) && envelope.number() == 1) {
      // It has begun anew, so it has forgotten what was before.
      drop(peer);
      peer = null;
    }
    boolean known = peer != null && peer.met() && !peer.foreign(envelope);
    if (!known && envelope.number() != 1) {
      // Of a new conversation the beginning was lost, and will be sent again; an old one is over.
      if (envelope.heardSession() != 0) {
        publish(
            envelope.from(),
            new Envelope(server, 0, Envelope.UNKNOWN, envelope.session(), 0, null));
      }
      return;
    }
    if (peer == null) {
      if (peers.size() >= MOST_PEERS && !makeRoom()) {
        // It will be sent again.
        return;
      }
      peer = peers.computeIfAbsent(envelope.from(), this::newPeer);
    }
    peer.receive(envelope);
  }

  /** Gives up who has talked longest without hearing this replica and without any business. */
  private boolean makeRoom() {
    Peer eldest = null;
    for (Peer peer : peers.values()) {
      if (!peer.hears() && peer.disengaged() && (eldest == null || peer.since() < eldest.since())) {
        eldest = peer;
      }
    }
    if (eldest != null) {
      drop(eldest);
    }
    return eldest != null;
  }

  /**
   * Whether everything this replica has said has been heard, and it has dealt with all it heard.
   */
  public boolean quiet() {
    return peers.values().stream().allMatch(Peer::quiet);
  }

  /** How many replicas this one talks to. */
  public int peers() {
    return peers.size();
  }

  /** Requests that landed here and were passed on to the owner of their connection. */
  public long asked() {
    return asked.sum();
  }

  /** Requests that landed elsewhere and were answered here. */
  public long answered() {
    return answered.sum();
  }

  /** Replicas that were talked to and answer no more, each time one is found dead. */
  public long ownersLost() {
    return ownersLost.sum();
  }

  // Echoes of earlier ticks come late, all at once, after Redis has stalled: they prove nothing.
  private void echoed(long at) {
    if (tick - at > 1) {
      return;
    }
    for (Peer peer : peers.values()) {
      if (peer.silent()) {
        drop(peer);
      }
    }
  }

  /** Ends all that is on its way and listens no more. */
  @Override
  public void close() {
    beating.cancel(false);
    wire.leave(channel(server));
    for (Peer peer : peers.values()) {
      peer.end(RelayFailure.NOT_NOW);
    }
    peers.clear();
  }
}
