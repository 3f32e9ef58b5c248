package io.sharedredis.lettuce.relay;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replicas this one talks to, by name. Thread-safe. */
final class Peers {
  private static final Logger log = LoggerFactory.getLogger(Peers.class);

  /**
   * Replicas talked to at a time; far more than a farm has. Beyond it whoever begins takes the
   * place of one that has not shown to hear this replica, so that a flood of names costs nothing.
   */
  static final int MOST = 256;

  private final Function<String, Peer> factory;
  private final Map<String, Peer> peers = new ConcurrentHashMap<>();
  private final LongAdder lost = new LongAdder();

  /**
   * @param factory begins a conversation; may block
   */
  Peers(Function<String, Peer> factory) {
    this.factory = factory;
  }

  @Nullable Peer get(String name) {
    return peers.get(name);
  }

  /** The peer of that name, with whom a conversation begins if there is none. */
  Peer meet(String name) {
    Peer known = peers.get(name);
    if (known != null) {
      return known;
    }
    Peer fresh = factory.apply(name);
    Peer other = peers.putIfAbsent(name, fresh);
    return other == null ? fresh : other;
  }

  /**
   * Whether one more may begin, if need be in the place of who has talked longest without hearing
   * this replica and without any business.
   */
  boolean makeRoom() {
    if (peers.size() < MOST) {
      return true;
    }
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

  /** The conversation is over, because the peer is. */
  void drop(Peer peer) {
    if (peers.remove(peer.name(), peer)) {
      if (peer.hears()) {
        lost.increment();
        log.info("Replica {} does not answer any more", peer.name());
      } else {
        log.debug("A replica that was never heard to hear this one is given up");
      }
    }
    peer.end(RelayFailure.OWNER_GONE);
  }

  /** The conversation is over because there was nothing to say for long. */
  void part(Peer peer) {
    peers.remove(peer.name(), peer);
    // A request that came in this moment begins anew with its client.
    peer.end(RelayFailure.NOT_NOW);
  }

  Collection<Peer> all() {
    return peers.values();
  }

  int size() {
    return peers.size();
  }

  /** Peers that were heard and answer no more, each time one is found dead. */
  long lost() {
    return lost.sum();
  }

  void close() {
    for (Peer peer : peers.values()) {
      peer.end(RelayFailure.NOT_NOW);
    }
    peers.clear();
  }
}
