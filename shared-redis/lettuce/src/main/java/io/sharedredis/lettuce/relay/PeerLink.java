package io.sharedredis.lettuce.relay;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conversation with one other replica. Redis forgets what nobody hears, so messages are
 * numbered, acknowledged, sent again when no acknowledgement comes, and taken in order and once.
 *
 * <p>Publishing happens under the lock, so that messages leave in the order of their numbers; it
 * blocks for nothing.
 */
final class PeerLink {
  private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

  /**
   * Ticks without acknowledgement before messages are sent again: 900 ms; signs of life come each.
   */
  private static final int RESEND_TICKS = 3;

  /**
   * Ticks after which a pass that has not arrived is made anew: 1 min, far below what it counts.
   */
  private static final int PASS_TICKS = 200;

  /** Bytes sent again at a time, so that a Redis that is just back is not flooded. */
  private static final long RESEND_BYTES = 1024 * 1024;

  /** Bytes on their way above which nothing new is begun. */
  private static final long CROWDED_BYTES = 8L * 1024 * 1024;

  /**
   * Received and not yet dealt with, above which messages are left to be sent again: what a peer
   * may have on its way, with room for many small ones. Who deals with them is busy then.
   */
  private static final long WAITING_BYTES = CROWDED_BYTES;

  private static final class Sent {
    final long number;
    RelayMessage message;
    int age;

    Sent(long number, RelayMessage message) {
      this.number = number;
      this.message = message;
    }
  }

  private record Received(long number, RelayMessage message) {}

  private final RelayWire wire;
  private final String channel;
  private final String self;
  private final long session;
  private final RelayKey key;
  private final Executor executor;
  private final Consumer<RelayMessage> receiver;

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Sent> unheard = new ArrayDeque<>();
  private long unheardBytes;
  private long next = 1;
  private long serial;
  private byte[] pass;
  private int passAge;
  private volatile long heardByPeer;

  private final Queue<Received> received = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private volatile long peerSession;
  private volatile boolean heardOf;
  private volatile long keySession;
  private @Nullable RelayKey peerKey;
  private long lastSerial;
  private long expected = 1;
  private volatile long dealtWith;

  /**
   * @param channel the peer's
   * @param key signs what is said
   * @param pass gives the key to the peer
   * @param receiver gets its messages, one after the other, on the executor
   */
  PeerLink(
      RelayWire wire,
      String channel,
      String self,
      long session,
      RelayKey key,
      byte[] pass,
      Executor executor,
      Consumer<RelayMessage> receiver) {
    this.wire = wire;
    this.channel = channel;
    this.self = self;
    this.session = session;
    this.key = key;
    this.pass = pass;
    this.executor = executor;
    this.receiver = receiver;
  }

  long session() {
    return session;
  }

  /** Sends, sooner or later; the message's number. */
  long send(RelayMessage message) {
    lock.lock();
    try {
      Sent sent = new Sent(next++, message);
      unheard.add(sent);
      unheardBytes += size(message);
      publish(sent);
      return sent.number;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a message back as far as that is possible: its number says something harmless now. */
  void withdraw(long number, RelayMessage instead) {
    lock.lock();
    try {
      for (Sent sent : unheard) {
        if (sent.number == number) {
          unheardBytes += size(instead) - size(sent.message);
          sent.message = instead;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void publish(Sent sent) {
    sent.age = 0;
    say(sent.number, sent.message);
  }

  private void say(long number, @Nullable RelayMessage message) {
    byte[] body =
        RelayCodec.encode(
            new Envelope(++serial, self, session, number, keySession, dealtWith, message));
    SignedPayload payload =
        new SignedPayload(key.signature(channel, body), heardOf ? null : pass, body);
    // What fails is sent again.
    var unused = wire.publish(channel, payload.encode()).exceptionally(lost -> null);
  }

  /** Highest number that the peer has dealt with. */
  long heardByPeer() {
    return heardByPeer;
  }

  boolean crowded() {
    lock.lock();
    try {
      return unheardBytes > CROWDED_BYTES;
    } finally {
      lock.unlock();
    }
  }

  boolean idle() {
    lock.lock();
    try {
      return unheard.isEmpty() && waiting.get() == 0;
    } finally {
      lock.unlock();
    }
  }

  /** A sign of life, and once more what seems lost. */
  void tick() {
    lock.lock();
    try {
      Sent first = unheard.peek();
      if (first != null && ++first.age > RESEND_TICKS) {
        long left = RESEND_BYTES;
        for (Sent sent : unheard) {
          left -= size(sent.message);
          if (left < 0 && sent != first) {
            break;
          }
          publish(sent);
        }
      }
      passAge++;
      say(0, null);
    } finally {
      lock.unlock();
    }
  }

  /** The key to be given to the peer anew, because it has not come yet; null when it need not. */
  @Nullable RelayKey keyToGive() {
    lock.lock();
    try {
      return heardOf || passAge <= PASS_TICKS ? null : key;
    } finally {
      lock.unlock();
    }
  }

  void give(byte[] newPass) {
    lock.lock();
    try {
      pass = newPass;
      passAge = 0;
    } finally {
      lock.unlock();
    }
  }

  /** The key of a session of the peer; null when it is not known. In the relay's intake only. */
  @Nullable RelayKey peerKey(long ofSession) {
    return knows(ofSession) ? peerKey : null;
  }

  /** Whether the key of a session is known; any thread. */
  boolean knows(long ofSession) {
    return ofSession != 0 && keySession == ofSession;
  }

  /** Believes what that key signs. In the relay's intake only. */
  void trust(long ofSession, RelayKey itsKey, long itsSerial) {
    peerKey = itsKey;
    lastSerial = itsSerial;
    keySession = ofSession;
  }

  /** Takes note of a signed payload; false when it was there before. In the relay's intake only. */
  boolean isNew(long itsSerial) {
    if (itsSerial <= lastSerial) {
      return false;
    }
    lastSerial = itsSerial;
    return true;
  }

  /**
   * Whether the envelope is of a session that this link does not know as the peer's. A peer that
   * has only shown that it lives may go on under another one, as long as it hears this session.
   */
  boolean foreign(Envelope envelope) {
    if (peerSession != 0) {
      return peerSession != envelope.session();
    }
    return keySession != 0
        && keySession != envelope.session()
        && envelope.heardSession() != session;
  }

  /** Whether the peer's session has been heard at all. */
  boolean met() {
    return peerSession != 0;
  }

  /** Takes an envelope of the peer's session. In the relay's intake only. */
  void receive(Envelope envelope) {
    if (envelope.heardSession() == session) {
      heardOf = true;
      heard(envelope.heard());
    }
    RelayMessage message = envelope.message();
    if (message == null) {
      return;
    }
    peerSession = envelope.session();
    if (envelope.number() != expected) {
      // A repetition, or one after a loss, which will be repeated.
      return;
    }
    if (waitingBytes.get() > WAITING_BYTES) {
      // Not acknowledged, so it comes again.
      return;
    }
    expected++;
    waitingBytes.addAndGet(size(message));
    received.add(new Received(envelope.number(), message));
    if (waiting.getAndIncrement() == 0) {
      try {
        executor.execute(this::dealWithAll);
      } catch (RejectedExecutionException e) {
        log.debug("The process ends; a relayed request is not answered any more");
      }
    }
  }

  private void dealWithAll() {
    do {
      Received one = received.poll();
      if (one != null) {
        try {
          receiver.accept(one.message());
        } catch (Throwable e) {
          // An Error as well: who stops here would leave all that comes later lying.
          log.error("A relayed message could not be dealt with", e);
        }
        waitingBytes.addAndGet(-size(one.message()));
        dealtWith = one.number();
      }
    } while (waiting.decrementAndGet() != 0);
  }

  private void heard(long number) {
    lock.lock();
    try {
      for (Sent sent = unheard.peek();
          sent != null && sent.number <= number;
          sent = unheard.peek()) {
        unheardBytes -= size(sent.message);
        unheard.remove();
      }
      heardByPeer = Math.max(heardByPeer, number);
    } finally {
      lock.unlock();
    }
  }

  private static long size(RelayMessage message) {
    // What a message costs beside its bytes.
    long fixed = 200;
    if (message instanceof RelayMessage.Ask ask) {
      return fixed + ask.piece().length;
    }
    if (message instanceof RelayMessage.More more) {
      return fixed + more.piece().length;
    }
    if (message instanceof RelayMessage.Reply reply) {
      return fixed + reply.piece().length;
    }
    return message instanceof RelayMessage.Rest rest ? fixed + rest.piece().length : fixed;
  }
}
