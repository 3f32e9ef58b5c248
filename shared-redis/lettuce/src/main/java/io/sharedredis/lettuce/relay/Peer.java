package io.sharedredis.lettuce.relay;

import io.sharedredis.lettuce.relay.RelayMessage.Ask;
import io.sharedredis.lettuce.relay.RelayMessage.Cancel;
import io.sharedredis.lettuce.relay.RelayMessage.Hurry;
import io.sharedredis.lettuce.relay.RelayMessage.More;
import io.sharedredis.lettuce.relay.RelayMessage.Ready;
import io.sharedredis.lettuce.relay.RelayMessage.Reply;
import io.sharedredis.lettuce.relay.RelayMessage.Rest;
import io.sharedredis.lettuce.relay.RelayMessage.Took;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Another replica: what is asked of it, and what it asks. Thread-safe. */
final class Peer {

  /**
   * Own echoes without a sign of life from the peer: 1.5 s, so that it is known dead within 2 s.
   */
  private static final int SILENT_ECHOES = 5;

  /** Ticks that a request may wait to be heard: 3 s, in which a Redis that is restarted is back. */
  private static final int WAIT_TICKS = 10;

  /** Ticks without any exchange after which the conversation ends: 9 s. */
  private static final int IDLE_TICKS = 30;

  /**
   * Ticks without any exchange after which this side begins anew rather than go on: half as many,
   * since the other's clock may be ahead, and what is asked of who has just parted is lost.
   */
  private static final int FRESH_TICKS = 15;

  private record Asked(RelayCall call, long number) {}

  private final String name;
  private final long since;
  private final PeerLink link;
  private final RelayServer server;
  private final AtomicLong exchanges;
  private final Map<Long, Asked> asked = new ConcurrentHashMap<>();
  private final Map<Long, RelayedCall> serving = new ConcurrentHashMap<>();
  private final AtomicBoolean gone = new AtomicBoolean();
  private volatile boolean heard;
  private volatile boolean hears;
  private volatile int idle;

  /** Whether anything was exchanged since the last tick. */
  private volatile boolean used;

  private int silent;

  /**
   * @param firstExchange where the numbers of exchanges begin; drawn, so that who hears nothing of
   *     this replica's questions can answer none
   */
  Peer(
      String name,
      long since,
      String self,
      String channel,
      long session,
      RelayKey key,
      byte[] pass,
      long firstExchange,
      RelayWire wire,
      Executor executor,
      RelayServer server) {
    this.name = name;
    this.since = since;
    this.server = server;
    this.exchanges = new AtomicLong(firstExchange);
    this.link = new PeerLink(wire, channel, self, session, key, pass, executor, this::dealWith);
  }

  String name() {
    return name;
  }

  long session() {
    return link.session();
  }

  PeerLink link() {
    return link;
  }

  @Nullable RelayCall ask(
      RelayRequest request, byte[] piece, boolean last, RelayListener listener) {
    if (link.crowded()) {
      listener.failed(RelayFailure.NOT_NOW);
      return null;
    }
    used = true;
    long exchange = exchanges.incrementAndGet();
    RelayCall call = new RelayCall(this, exchange, listener);
    // Known before it is sent: the answer may be here first. Counted as heard by nobody until then.
    asked.put(exchange, new Asked(call, Long.MAX_VALUE));
    long number = link.send(new Ask(exchange, request, piece, last));
    asked.computeIfPresent(exchange, (key, value) -> new Asked(call, number));
    if (gone.get()) {
      asked.remove(exchange);
      call.fail(RelayFailure.OWNER_GONE);
    }
    return call;
  }

  void send(RelayMessage message) {
    if (!gone.get()) {
      used = true;
      long unused = link.send(message);
    }
  }

  void forget(long exchange) {
    asked.remove(exchange);
  }

  void served(long exchange) {
    serving.remove(exchange);
  }

  boolean quiet() {
    return link.idle();
  }

  boolean crowded() {
    return link.crowded();
  }

  boolean foreign(Envelope envelope) {
    return link.foreign(envelope);
  }

  boolean met() {
    return link.met();
  }

  /** When it was met, as a number that grows. */
  long since() {
    return since;
  }

  /** Whether nothing is asked of it and nothing of what it asked is being done. */
  boolean disengaged() {
    return asked.isEmpty() && serving.isEmpty();
  }

  /** Whether nothing was exchanged for so long that the other side may be about to part. */
  boolean stale() {
    return idle > FRESH_TICKS && !used && disengaged();
  }

  boolean gone() {
    return gone.get();
  }

  /** Whether it has shown that it hears this replica; who forges its name does not. */
  boolean hears() {
    return hears;
  }

  void receive(Envelope envelope) {
    heard = true;
    if (envelope.heardSession() == session()) {
      hears = true;
    }
    link.receive(envelope);
  }

  private void dealWith(RelayMessage message) {
    if (gone.get()) {
      return;
    }
    used = true;
    if (message instanceof Ask ask) {
      RelayedCall call = new RelayedCall(this, ask);
      serving.put(ask.exchange(), call);
      server.asked(call);
    } else if (message instanceof More more) {
      RelayedCall call = serving.get(more.exchange());
      if (call != null) {
        call.more(more.piece(), more.last());
      }
    } else if (message instanceof Took took) {
      RelayedCall call = serving.get(took.exchange());
      if (call != null) {
        call.took();
      }
    } else if (message instanceof Hurry hurry) {
      RelayedCall call = serving.get(hurry.exchange());
      if (call != null) {
        call.hurry();
      }
    } else if (message instanceof Cancel cancel) {
      RelayedCall call = serving.remove(cancel.exchange());
      if (call != null) {
        call.cancel();
      }
    } else {
      answered(message);
    }
  }

  private void answered(RelayMessage message) {
    Asked one = asked.get(message.exchange());
    if (one == null) {
      return;
    }
    if (message instanceof Ready) {
      one.call().ready();
    } else if (message instanceof Reply reply) {
      if (reply.last()) {
        asked.remove(reply.exchange());
      }
      one.call().reply(reply);
    } else if (message instanceof Rest rest) {
      if (rest.last()) {
        asked.remove(rest.exchange());
      }
      one.call().rest(rest);
    }
  }

  /** Wants all answers now. */
  void hurry() {
    asked.values().forEach(one -> one.call().hurry());
  }

  /** Looks at the time; false when the conversation has ended by itself. */
  boolean tick() {
    for (Map.Entry<Long, Asked> entry : asked.entrySet()) {
      Asked one = entry.getValue();
      if (one.call().stillWaiting(link.heardByPeer(), one.number()) > WAIT_TICKS
          && asked.remove(entry.getKey(), one)) {
        // Should the owner hear of it later, it hears that nobody waits any more, and nothing else.
        Cancel cancel = new Cancel(entry.getKey());
        link.withdraw(one.number(), cancel);
        send(cancel);
        one.call().fail(RelayFailure.NOT_NOW);
      }
    }
    boolean busy = used || !asked.isEmpty() || !serving.isEmpty() || !link.idle();
    used = false;
    idle = busy ? 0 : idle + 1;
    if (idle > IDLE_TICKS) {
      return false;
    }
    link.tick();
    return true;
  }

  /** This replica has just heard itself over Redis; true when it should have heard the peer too. */
  boolean silent() {
    silent = heard ? 0 : silent + 1;
    heard = false;
    return silent >= SILENT_ECHOES;
  }

  /** The conversation is over: who waits for the peer is told, and what it asked is dropped. */
  void end(RelayFailure why) {
    if (!gone.compareAndSet(false, true)) {
      return;
    }
    for (Long exchange : asked.keySet()) {
      Asked one = asked.remove(exchange);
      if (one != null) {
        one.call().fail(why);
      }
    }
    for (Long exchange : serving.keySet()) {
      RelayedCall call = serving.remove(exchange);
      if (call != null) {
        call.cancel();
      }
    }
  }
}
