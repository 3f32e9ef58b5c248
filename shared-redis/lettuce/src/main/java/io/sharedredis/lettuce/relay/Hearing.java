package io.sharedredis.lettuce.relay;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What this replica hears: it sorts out who says it, whether he may, and whether it is new.
 * Thread-safe.
 */
final class Hearing {

  /** Replicas told in one tick that they are not known, which costs a pass: more than there are. */
  private static final int UNKNOWNS_PER_TICK = 50;

  /** Longest payload looked at: a piece, and names and paths of any length that is meant. */
  private static final int LONGEST = Relay.PIECE + 64 * 1024;

  /** Of what is said outside any conversation. */
  private static final long NO_SESSION = 0;

  private final RelayWire wire;
  private final UnaryOperator<String> channels;
  private final String server;
  private final String channel;
  private final RelayGuard guard;
  private final Peers peers;
  private final Intake intake;
  private final LongSupplier ticks;

  /** Signs what this replica says to itself. */
  private final RelayKey echoKey;

  private final AtomicInteger unknownsLeft = new AtomicInteger(UNKNOWNS_PER_TICK);
  private long lastEcho;

  /**
   * @param channels each replica's channel by its name
   * @param server this one's name
   */
  Hearing(
      RelayWire wire,
      UnaryOperator<String> channels,
      String server,
      RelayGuard guard,
      Peers peers,
      Intake intake,
      LongSupplier ticks) {
    this.wire = wire;
    this.channels = channels;
    this.server = server;
    this.channel = channels.apply(server);
    this.guard = guard;
    this.peers = peers;
    this.intake = intake;
    this.ticks = ticks;
    this.echoKey = guard.newKey();
  }

  /** A tick has passed. */
  void tick() {
    unknownsLeft.set(UNKNOWNS_PER_TICK);
  }

  /** Says to this replica itself that it lives. */
  void echo(long tick) {
    publish(server, new Envelope(tick, server, NO_SESSION, 0, 0, tick, null), echoKey, null);
  }

  private void publish(String to, Envelope envelope, RelayKey key, byte @Nullable [] pass) {
    byte[] body = RelayCodec.encode(envelope);
    SignedPayload payload = new SignedPayload(key.signature(channels.apply(to), body), pass, body);
    var unused = wire.publish(channels.apply(to), payload.encode()).exceptionally(lost -> null);
  }

  /** Takes what was published on this replica's channel; does not block. */
  void heard(byte[] payload) {
    SignedPayload signed = payload.length > LONGEST ? null : SignedPayload.decode(payload);
    Envelope envelope = signed == null ? null : RelayCodec.decode(signed.body());
    if (signed == null || envelope == null) {
      guard.refuse(RelayRefusal.FOREIGN);
      return;
    }
    boolean own = envelope.from().equals(server);
    Peer peer = peers.get(envelope.from());
    // A key that has to be opened may make this process read its key ring.
    boolean quick = own || peer != null && peer.link().knows(envelope.session());
    intake.take(
        payload.length,
        quick,
        () -> {
          if (own) {
            echoed(signed, envelope);
          } else {
            check(signed, envelope);
          }
        });
  }

  private void check(SignedPayload signed, Envelope envelope) {
    Peer peer = peers.get(envelope.from());
    RelayKey key = peer == null ? null : peer.link().peerKey(envelope.session());
    if (peer == null || key == null) {
      newcomer(signed, envelope);
    } else if (!key.signed(channel, signed)) {
      guard.refuse(RelayRefusal.FORGED);
    } else if (!peer.link().isNew(envelope.serial())) {
      guard.refuse(RelayRefusal.REPEATED);
    } else if (envelope.number() == 0) {
      peer.receive(envelope);
    } else {
      said(envelope, key);
    }
  }

  /** What is said in a conversation whose key this replica does not have yet, or no more. */
  private void newcomer(SignedPayload signed, Envelope envelope) {
    byte[] pass = signed.pass();
    if (pass == null) {
      if (envelope.number() > 0) {
        unknown(envelope);
      }
      return;
    }
    RelayKey key = guard.open(envelope.from(), envelope.session(), pass);
    if (key == null) {
      return;
    }
    if (!key.signed(channel, signed)) {
      guard.refuse(RelayRefusal.FORGED);
      return;
    }
    Peer peer = peers.get(envelope.from());
    if (envelope.session() == NO_SESSION) {
      if (envelope.number() == Envelope.UNKNOWN
          && peer != null
          && peer.session() == envelope.heardSession()) {
        peers.drop(peer);
      }
    } else if (envelope.number() == 0) {
      if (peer != null
          && !peer.foreign(envelope)
          && guard.mayBegin(envelope.from(), envelope.session())) {
        trust(peer, envelope, key);
        peer.receive(envelope);
      }
    } else if (envelope.number() != 1) {
      unknown(envelope);
    } else if (guard.mayBegin(envelope.from(), envelope.session())) {
      said(envelope, key);
    }
  }

  private void trust(Peer peer, Envelope envelope, RelayKey key) {
    guard.begins(envelope.from(), envelope.session());
    peer.link().trust(envelope.session(), key, envelope.serial());
  }

  /** Says that the conversation is not known. */
  private void unknown(Envelope envelope) {
    Peer peer = peers.get(envelope.from());
    // Of a new conversation the beginning was lost, and will be sent again; an old one is over.
    if (envelope.heardSession() == 0
        || peer != null && peer.session() == envelope.heardSession()
        || unknownsLeft.getAndDecrement() <= 0) {
      return;
    }
    RelayKey key = guard.newKey();
    publish(
        envelope.from(),
        new Envelope(1, server, NO_SESSION, Envelope.UNKNOWN, envelope.session(), 0, null),
        key,
        guard.pass(envelope.from(), NO_SESSION, key));
  }

  private void said(Envelope envelope, RelayKey key) {
    Peer peer = peers.get(envelope.from());
    if (peer != null && peer.foreign(envelope) && envelope.number() == 1) {
      // It has begun anew, so it has forgotten what was before.
      if (peer.disengaged()) {
        peers.part(peer);
      } else {
        peers.drop(peer);
      }
      peer = null;
    }
    boolean known = peer != null && peer.met() && !peer.foreign(envelope);
    if (!known && envelope.number() != 1) {
      unknown(envelope);
      return;
    }
    if (peer == null) {
      if (!peers.makeRoom()) {
        // It will be sent again.
        return;
      }
      peer = peers.meet(envelope.from());
    }
    if (!peer.link().knows(envelope.session())) {
      trust(peer, envelope, key);
    }
    peer.receive(envelope);
  }

  // Echoes of earlier ticks come late, all at once, after Redis has stalled: they prove nothing.
  private void echoed(SignedPayload signed, Envelope envelope) {
    if (!echoKey.signed(channel, signed)) {
      guard.refuse(RelayRefusal.FORGED);
      return;
    }
    long at = envelope.heard();
    if (at <= lastEcho) {
      guard.refuse(RelayRefusal.REPEATED);
      return;
    }
    lastEcho = at;
    if (ticks.getAsLong() - at > 1) {
      return;
    }
    for (Peer peer : peers.all()) {
      if (peer.silent()) {
        peers.drop(peer);
      }
    }
  }
}
