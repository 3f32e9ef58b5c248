package io.sharedredis.lettuce.relay;

import java.time.Duration;
import java.time.InstantSource;
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
 *
 * <p>What is heard counts only when a replica of the farm has signed it for this one, and once.
 */
public final class Relay implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  /** Time between two signs of life. */
  static final Duration BEAT = Duration.ofMillis(300);

  /** Largest piece of a body in one message: Redis and its other users are not held up by one. */
  public static final int PIECE = 64 * 1024;

  /**
   * Ticks for which everything must have been heard before a channel without listeners means a dead
   * replica: 3 s, in which all that live have come back.
   */
  private static final int TRUST_TICKS = 10;

  private final RelayWire wire;
  private final String prefix;
  private final String server;
  private final Executor executor;
  private final RandomGenerator random;
  private final RelayGuard guard;
  private final Hearing hearing;
  private final ScheduledFuture<?> beating;
  private final Peers peers = new Peers(this::newPeer);
  private volatile RelayServer answers = call -> call.reply(404, null, null);
  private final AtomicLong met = new AtomicLong();
  private volatile long tick;
  private volatile int settledTicks;

  /** Of the connection that listened at the last beat. */
  private volatile long settledEpoch;

  private volatile boolean draining;
  private final LongAdder asked = new LongAdder();
  private final LongAdder answered = new LongAdder();

  /**
   * Begins to listen.
   *
   * @param application isolates farms that share one Redis
   * @param server this process's name, fresh at each start
   * @param executor runs what comes of messages, one after the other for each peer
   * @param random draws keys, and the numbers of conversations
   * @param seal tells this farm's replicas from others who may publish
   * @param clock bounds how long a conversation can be begun again by repetition
   */
  public Relay(
      RelayWire wire,
      String application,
      String server,
      Executor executor,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      RelaySeal seal,
      InstantSource clock) {
    this.wire = wire;
    this.prefix = "shared-redis:" + application + ":hub:relay:{";
    this.server = server;
    this.executor = executor;
    this.random = random;
    this.guard = new RelayGuard(seal, server, clock, random);
    this.hearing =
        new Hearing(wire, this::channel, server, guard, peers, new Intake(executor), () -> tick);
    wire.listen(channel(server), hearing::heard);
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
    if (known != null && known.stale()) {
      peers.part(known);
      known = null;
    }
    Peer peer;
    try {
      peer = known == null || known.gone() ? meet(owner) : known;
    } catch (RuntimeException e) {
      log.warn("Requests for replica {} cannot be signed", owner, e);
      listener.failed(RelayFailure.NOT_NOW);
      return null;
    }
    RelayCall call = peer.ask(request, piece, last, listener);
    if (draining && call != null) {
      call.hurry();
    }
    return call;
  }

  /** This process stops: whoever waits here for another replica is answered soon. */
  public void drain() {
    draining = true;
    peers.all().forEach(Peer::hurry);
  }

  private Peer meet(String name) {
    Peer peer = peers.meet(name);
    // A process that is gone listens to nothing: no need to wait for its silence.
    if (trusting()) {
      var unused =
          wire.hasListeners(channel(name))
              .thenAccept(
                  listened -> {
                    if (!listened && trusting()) {
                      peers.drop(peer);
                    }
                  })
              .exceptionally(unknown -> null);
    }
    return peer;
  }

  /** Whether the others have had the time to come back since this replica last lost something. */
  private boolean trusting() {
    return settledTicks >= TRUST_TICKS && wire.epoch() == settledEpoch;
  }

  private Peer newPeer(String name) {
    long session = guard.newSession();
    RelayKey key = guard.newKey();
    return new Peer(
        name,
        met.incrementAndGet(),
        server,
        channel(name),
        session,
        key,
        guard.pass(name, session, key),
        random.nextLong(1, Long.MAX_VALUE / 2),
        wire,
        executor,
        call -> {
          answered.increment();
          answers.asked(call);
        });
  }

  private void beat() {
    try {
      tick++;
      // A connection that was replaced between two beats shows in its number only.
      long epoch = wire.epoch();
      settledTicks = wire.settled() && epoch == settledEpoch ? settledTicks + 1 : 0;
      settledEpoch = epoch;
      guard.forgetOld();
      hearing.tick();
      if (peers.size() == 0) {
        return;
      }
      hearing.echo(tick);
      for (Peer peer : peers.all()) {
        giveKey(peer);
        if (!peer.tick()) {
          peers.part(peer);
        }
      }
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      log.error("The relay's beat failed", e);
    }
  }

  /** A pass that does not arrive for long counts no more, so it is made anew. */
  private void giveKey(Peer peer) {
    RelayKey key = peer.link().keyToGive();
    if (key != null) {
      executor.execute(() -> peer.link().give(guard.pass(peer.name(), peer.session(), key)));
    }
  }

  /**
   * Whether everything this replica has said has been heard, and it has dealt with all it heard.
   */
  public boolean quiet() {
    return peers.all().stream().allMatch(Peer::quiet);
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

  /** Messages on this replica's channel that counted for nothing. */
  public long refused(RelayRefusal why) {
    return guard.refused(why);
  }

  /** Replicas that were talked to and answer no more, each time one is found dead. */
  public long ownersLost() {
    return peers.lost();
  }

  /** Ends all that is on its way and listens no more. */
  @Override
  public void close() {
    beating.cancel(false);
    wire.leave(channel(server));
    peers.close();
  }
}
