package io.sharedredis.hub.server;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.lifetime.ClientResultException;
import io.sharedredis.hub.protocol.Handshake;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.ProtocolException;
import io.sharedredis.hub.server.HubMeters.Event;
import io.sharedredis.hub.server.ServerConnection.Phase;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving half of a connection: bytes become messages, which are counted and led on. Used
 * inside the connection's loop only, but for what is known of the client's silence.
 */
final class Reception {
  private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

  private final ServerConnection connection;
  private final HubOptions options;
  private final Sending sending;
  private final Dispatch dispatch;
  private final InboundBuffer inbound = new InboundBuffer();
  private boolean paused;

  /**
   * Longest time for which a client that is back is believed to repeat what it has sent: 5 s, on
   * the busiest of machines; it begins with a Sequence message, and the rest comes with it.
   */
  private static final long REPEATS_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Whether the client is back and has not said yet where it goes on. */
  private volatile boolean repeats;

  private volatile long repeatsSince;
  private volatile boolean clientPings;
  private volatile long lastAt;

  /** Null where messages are not counted. */
  private volatile @Nullable ReceivedNumbers numbers;

  Reception(ServerConnection connection, HubOptions options, Sending sending, Dispatch dispatch) {
    this.connection = connection;
    this.options = options;
    this.sending = sending;
    this.dispatch = dispatch;
  }

  /** Takes bytes of the wire the connection has. */
  void received(Wire from, byte[] bytes, int length) {
    if (connection.living() && sending.wire() == from) {
      inbound.append(bytes, length);
      read();
    }
  }

  /** Reads what may be read now; the rest waits for {@code read} to be called again. */
  void read() {
    try {
      while (reads() && readOne()) {}
    } catch (ProtocolException | ClientResultException | SequenceException failure) {
      connection.fail(failure);
    } catch (RuntimeException failure) {
      LOG.error("Connection {}: reading failed", connection.connectionId(), failure);
      connection.fail(failure);
    }
    inbound.releaseIfEmpty();
    Wire open = sending.wire();
    if (open != null) {
      pauseOrResume(open.transport());
    }
  }

  private boolean reads() {
    return connection.living() && connection.phase() != Phase.CONNECTING && !dispatch.stalled();
  }

  private boolean readOne() {
    if (connection.phase() == Phase.HANDSHAKE) {
      return handshake();
    }
    HubProtocol spoken = connection.protocol();
    byte[] frame = spoken.nextFrame(inbound.view(), options.maximumReceiveMessageSize());
    if (frame == null) {
      return false;
    }
    lastAt = connection.now();
    connection.meters().count(Event.MESSAGES_IN);
    HubMessage message = spoken.read(frame);
    if (message != null && isNew(message)) {
      lead(message);
    }
    acknowledge();
    return true;
  }

  private boolean handshake() {
    Handshake asked;
    try {
      asked = Handshake.next(inbound.view(), options.maximumReceiveMessageSize());
    } catch (ProtocolException e) {
      connection.refuse(HandshakeRefusal.malformed(e, options));
      return false;
    }
    return asked != null && connection.handshake(asked);
  }

  /** Counts a message; false when it is a repetition. */
  private boolean isNew(HubMessage message) {
    ReceivedNumbers counted = numbers;
    return counted == null || !message.numbered() || counted.isNew(lastAt);
  }

  private void lead(HubMessage message) {
    ReceivedNumbers counted = numbers;
    if (message instanceof HubMessage.Ping) {
      clientPings = true;
    } else if (message instanceof HubMessage.Close close) {
      connection.closedByClient(close.error() == null ? null : new HubException(close.error()));
    } else if (message instanceof HubMessage.Ack ack) {
      sending.acknowledged(ack.sequenceId());
    } else if (message instanceof HubMessage.Sequence sequence) {
      if (counted != null) {
        counted.sequence(sequence.sequenceId());
      }
      repeats = false;
    } else {
      dispatch.message(message);
    }
  }

  /** Tells the client how far its messages came, if that is due. */
  void acknowledge() {
    ReceivedNumbers counted = numbers;
    long now = connection.now();
    if (counted != null
        && connection.phase() == Phase.OPEN
        && sending.wire() != null
        && counted.ackDue(now)) {
      connection.sendNow(new HubMessage.Ack(counted.acknowledge()));
    }
  }

  /** Whether input that ends now ends in the middle of a message. */
  boolean midMessage() {
    Phase phase = connection.phase();
    if (inbound.size() == 0 || phase == Phase.HANDSHAKE || phase == Phase.ENDED) {
      return false;
    }
    try {
      return connection
              .protocol()
              .nextFrame(inbound.view().duplicate(), options.maximumReceiveMessageSize())
          == null;
    } catch (ProtocolException e) {
      return true;
    }
  }

  void clear() {
    inbound.clear();
  }

  /** What came over the last wire is no beginning of what comes over the next. */
  void restart(long now) {
    inbound.clear();
    paused = false;
    lastAt = now;
    ReceivedNumbers counted = numbers;
    if (counted != null) {
      counted.returned(now);
    }
  }

  /** The client is back, over another wire. */
  void returned(long now) {
    restart(now);
    repeatsSince = now;
    repeats = numbers != null;
  }

  /** Whether the client is about to repeat what it has sent over the wire before this one. */
  boolean repeats(long now) {
    return repeats && now - repeatsSince < REPEATS_NANOS;
  }

  void countNumbered() {
    numbers = new ReceivedNumbers();
  }

  @Nullable ReceivedNumbers numbers() {
    return numbers;
  }

  boolean acknowledges() {
    return numbers != null;
  }

  // A message that is not whole yet is bounded by the largest message; to wait for room would be to
  // wait for ever.
  private void pauseOrResume(HubTransport transport) {
    Phase phase = connection.phase();
    boolean heldUp = phase == Phase.CONNECTING || phase == Phase.OPEN && dispatch.stalled();
    if (sending.keepsNumbered()) {
      sending.deaf(phase == Phase.OPEN && dispatch.stalled());
    }
    boolean pause = heldUp && inbound.size() > options.receiveHighWater();
    if (pause != paused) {
      paused = pause;
      if (pause) {
        transport.pauseReading();
      } else {
        transport.resumeReading();
      }
    }
  }

  /** The client is there, as at a handshake. */
  void heard(long now) {
    lastAt = now;
  }

  /** When the client last said something, at all. */
  long lastHeard() {
    return lastAt;
  }

  /** Whether a client that used to ping has been silent for too long. */
  boolean silent(long now, long nanos) {
    return clientPings && now - lastAt > nanos;
  }
}
