package io.sharedredis.hub.server;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.lifetime.ClientResultException;
import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.protocol.Handshake;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.PayloadException;
import io.sharedredis.hub.protocol.ProtocolException;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import io.sharedredis.hub.server.HubMeters.Event;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's state machine: handshake, taking up, calls, end. Bytes come in by {@link
 * #received}, whole messages leave by {@link #output}; nothing blocks. State changes happen one
 * after the other in the connection's own loop, sends go past it.
 */
public final class ServerConnection implements HubConnection, OpenConnection {
  private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  private enum Phase {
    HANDSHAKE,
    /** Taken up by lifetime and hub; input waits. */
    CONNECTING,
    OPEN,
    /** The last message is queued; nothing is read any more. */
    ENDED
  }

  private final HubServer server;
  private final HubOptions options;
  private final String connectionId;
  private final HubRequest request;
  private final HubTransport transport;
  private final Map<Object, Object> items = new ConcurrentHashMap<>(0);
  private final SerialLoop loop = new SerialLoop();
  private final Outbox outbox;
  private final InboundBuffer inbound = new InboundBuffer();
  private final Membership membership;
  private final Dispatch dispatch;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final long openedAt;

  private volatile Phase phase = Phase.HANDSHAKE;
  private volatile @Nullable HubProtocol protocol;
  private volatile @Nullable String userId;
  private boolean readingPaused;
  private byte @Nullable [] ping;
  private long lastPingAt;
  private volatile long lastReceivedAt;
  private volatile boolean closing;
  private volatile boolean clientPings;
  private volatile long endedAt;

  ServerConnection(
      HubServer server, String connectionId, HubRequest request, HubTransport transport) {
    this.server = server;
    this.options = server.definition().options();
    this.connectionId = connectionId;
    this.request = request;
    this.transport = transport;
    this.outbox =
        new Outbox(options.sendHighWater(), options.sendLimit(), server.runtime().nanoTime());
    HubInvoker invoker = new HubInvoker(server, new CallContext(this));
    this.membership = new Membership(this, server, invoker);
    this.dispatch = new Dispatch(this, server, invoker);
    this.openedAt = now();
  }

  // ---- what the transport calls

  @Override
  public void received(byte[] bytes) {
    meters().add(Event.BYTES_IN, bytes.length);
    loop.execute(
        () -> {
          if (phase != Phase.ENDED) {
            inbound.append(bytes);
            read();
          }
        });
  }

  @Override
  public void transportClosed() {
    loop.execute(
        () -> {
          outbox.discard();
          end(null, null, false);
        });
  }

  @Override
  public OutputSource output() {
    return outbox;
  }

  // ---- reading, inside the loop

  /** A call that held up reading has begun. */
  void readOn() {
    read();
  }

  void inLoop(Runnable task) {
    loop.execute(task);
  }

  private void read() {
    try {
      while (phase != Phase.ENDED
          && phase != Phase.CONNECTING
          && !dispatch.stalled()
          && readOne()) {}
    } catch (ProtocolException | ClientResultException failure) {
      fail(failure);
    } catch (RuntimeException failure) {
      LOG.error("Connection {}: reading failed", connectionId, failure);
      fail(failure);
    }
    inbound.releaseIfEmpty();
    pauseOrResume();
  }

  private boolean readOne() {
    if (phase == Phase.HANDSHAKE) {
      return handshake();
    }
    HubProtocol spoken = protocol();
    byte[] frame = spoken.nextFrame(inbound.view(), options.maximumReceiveMessageSize());
    if (frame == null) {
      return false;
    }
    lastReceivedAt = now();
    meters().count(Event.MESSAGES_IN);
    HubMessage message = spoken.read(frame);
    if (message != null) {
      dispatch(message);
    }
    return true;
  }

  private void dispatch(HubMessage message) {
    if (message instanceof HubMessage.Ping) {
      clientPings = true;
    } else if (message instanceof HubMessage.Close close) {
      HubException said = close.error() == null ? null : new HubException(close.error());
      end(new HubMessage.Close(null, false), said, false);
    } else {
      dispatch.message(message);
    }
  }

  // A message that is not whole yet is bounded by the largest message; to wait for room would be to
  // wait for ever.
  private void pauseOrResume() {
    boolean heldUp = phase == Phase.CONNECTING || phase == Phase.OPEN && dispatch.stalled();
    boolean pause = heldUp && inbound.size() > options.receiveHighWater();
    if (pause != readingPaused) {
      readingPaused = pause;
      if (pause) {
        transport.pauseReading();
      } else {
        transport.resumeReading();
      }
    }
  }

  // ---- handshake and taking up, inside the loop

  private boolean handshake() {
    Handshake asked;
    try {
      asked = Handshake.next(inbound.view(), options.maximumReceiveMessageSize());
    } catch (ProtocolException e) {
      refuse(HandshakeRefusal.malformed(e, options));
      return false;
    }
    if (asked == null) {
      return false;
    }
    HubProtocol chosen = server.protocol(asked.protocol());
    String refusal = HandshakeRefusal.of(asked, chosen, transport);
    if (refusal != null || chosen == null) {
      refuse(Objects.requireNonNull(refusal));
      return false;
    }
    accept(chosen);
    return true;
  }

  private void accept(HubProtocol chosen) {
    protocol = chosen;
    transport.useBinary(chosen.binary());
    ping = chosen.write(new HubMessage.Ping());
    userId = server.definition().users().userId(request);
    phase = Phase.CONNECTING;
    lastPingAt = now();
    lastReceivedAt = now();
    queue(Handshake.response(null));
    membership.takeUp(failure -> loop.execute(() -> takenUp(failure)));
  }

  private void takenUp(@Nullable Throwable failure) {
    if (failure != null) {
      LOG.warn("Connection {} was refused by its hub", connectionId, failure);
      String text = ErrorTexts.closed(failure, options.detailedErrors());
      end(new HubMessage.Close(text, false), failure, false);
      return;
    }
    meters().count(Event.CONNECTED);
    if (phase == Phase.CONNECTING) {
      phase = Phase.OPEN;
    }
    read();
  }

  private void refuse(String error) {
    meters().count(Event.HANDSHAKES_REFUSED);
    phase = Phase.ENDED;
    inbound.clear();
    endedAt = now();
    outbox.finish(Handshake.response(error), false);
    transport.outputReady();
    forget();
  }

  // ---- the end

  @Override
  public void close(@Nullable String error, boolean allowReconnect) {
    // What the closer still sends comes too late, also when the loop is busy just now.
    closing = true;
    loop.execute(
        () -> {
          if (phase == Phase.HANDSHAKE) {
            refuse("Handshake was canceled.");
          } else {
            end(new HubMessage.Close(error, allowReconnect), null, false);
          }
        });
  }

  private void fail(Throwable failure) {
    meters().count(Event.CLOSED_BY_FAULT);
    LOG.info("Connection {} is closed: {}", connectionId, failure.toString());
    String text = ErrorTexts.closed(failure, options.detailedErrors());
    end(new HubMessage.Close(text, true), failure, false);
  }

  /**
   * Ends the connection.
   *
   * @param last Close message, null when none can be written
   * @param failure what the hub is told
   */
  private void end(HubMessage.@Nullable Close last, @Nullable Throwable failure, boolean drop) {
    if (phase == Phase.ENDED) {
      return;
    }
    boolean begun = phase != Phase.HANDSHAKE;
    phase = Phase.ENDED;
    endedAt = now();
    inbound.clear();
    HubProtocol spoken = protocol;
    outbox.finish(last == null || spoken == null ? null : spoken.write(last), drop);
    transport.outputReady();
    if (!begun) {
      forget();
      return;
    }
    dispatch.connectionLost();
    membership.leave(failure, () -> ended.complete(null), this::forget);
  }

  private void forget() {
    ended.complete(null);
    if (outbox.finished()) {
      server.runtime().connections().remove(this);
    }
  }

  // ---- sending, from any thread

  @Override
  public CompletionStage<Void> send(SerializedHubMessage message) {
    HubProtocol spoken = protocol;
    if (spoken == null || closing || phase == Phase.ENDED) {
      return DONE;
    }
    byte[] frame;
    try {
      frame = message.bytes(spoken);
    } catch (PayloadException e) {
      LOG.warn("Connection {}: a message could not be written", connectionId, e);
      // What its sender says next, the completion of a stream for one, comes too late.
      closing = true;
      loop.execute(() -> fail(e));
      return DONE;
    }
    if (frame == null) {
      LOG.warn("A message came without a form for protocol {}", spoken.name());
      return DONE;
    }
    queue(frame);
    return outbox.room();
  }

  void sendNow(HubMessage message) {
    CompletionStage<Void> unused = send(SerializedHubMessage.of(message));
  }

  private void queue(byte[] frame) {
    switch (outbox.offer(frame)) {
      case QUEUED -> {
        meters().count(Event.MESSAGES_OUT);
        meters().add(Event.BYTES_OUT, frame.length);
        transport.outputReady();
      }
      case OVERFLOW -> loop.execute(this::cutOff);
      case CLOSED -> {}
    }
  }

  private void cutOff() {
    if (phase != Phase.ENDED) {
      LOG.info("Connection {} does not keep up and is cut off", connectionId);
      meters().count(Event.SLOW_CLIENTS_CUT);
      end(new HubMessage.Close(null, true), null, true);
    }
  }

  // ---- time

  /** Looks at the clock: pings, silent clients, writes and endings that take too long. */
  @Override
  public void heartbeat() {
    long now = now();
    if (outbox.writingFor() > options.sendTimeout().toNanos()) {
      LOG.info("Connection {}: a write took too long", connectionId);
      transport.abort();
      transportClosed();
      return;
    }
    switch (phase) {
      case HANDSHAKE -> {
        if (now - openedAt > options.handshakeTimeout().toNanos()) {
          loop.execute(
              () -> {
                if (phase == Phase.HANDSHAKE) {
                  refuse("Handshake was canceled.");
                }
              });
        }
      }
      case OPEN -> {
        if (transport.pings()) {
          keepAlive(now);
        }
      }
      case ENDED -> {
        if (outbox.finished()) {
          if (ended.isDone()) {
            server.runtime().connections().remove(this);
          }
        } else if (now - endedAt > options.closeTimeout().toNanos()) {
          transport.abort();
          transportClosed();
        }
      }
      case CONNECTING -> {}
    }
  }

  private void keepAlive(long now) {
    if (now - lastPingAt > options.keepAliveInterval().toNanos()) {
      lastPingAt = now;
      byte[] frame = ping;
      if (frame != null && !outbox.writing()) {
        queue(frame);
      }
    }
    Duration timeout = options.clientTimeout();
    if (clientPings && now - lastReceivedAt > timeout.toNanos()) {
      loop.execute(
          () -> {
            // While a call holds up reading the client's pings are not seen: that is no silence.
            if (phase == Phase.OPEN
                && !dispatch.stalled()
                && now() - lastReceivedAt > timeout.toNanos()) {
              fail(new ClientTimeoutException());
            }
          });
    }
  }

  HubMeters meters() {
    return server.runtime().connections().meters();
  }

  @Override
  public String transportName() {
    return transport.name();
  }

  @Override
  public long queuedBytes() {
    return outbox.queuedBytes();
  }

  private long now() {
    return server.runtime().nanoTime().getAsLong();
  }

  // ---- what it is

  @Override
  public String connectionId() {
    return connectionId;
  }

  @Override
  public @Nullable String userId() {
    return userId;
  }

  @Override
  public HubProtocol protocol() {
    HubProtocol spoken = protocol;
    if (spoken == null) {
      throw new IllegalStateException("connection " + connectionId + " has not shaken hands");
    }
    return spoken;
  }

  @Override
  public HubRequest request() {
    return request;
  }

  @Override
  public Map<Object, Object> items() {
    return items;
  }

  /** Completes when the connection has ended. */
  CompletionStage<Void> ended() {
    return ended;
  }

  @Override
  public String toString() {
    return "ServerConnection[" + connectionId + ", " + phase + "]";
  }
}
