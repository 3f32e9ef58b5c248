package io.sharedredis.hub.server;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.protocol.Handshake;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.PayloadException;
import io.sharedredis.hub.protocol.ProtocolException;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import io.sharedredis.hub.server.HubMeters.Event;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's state machine: handshake, taking up, calls, end. Bytes come in and whole
 * messages leave by the {@link Wire} it has, of which there are several one after the other where
 * the client may come back; nothing blocks. State changes happen one after the other in the
 * connection's own loop, sends go past it.
 */
public final class ServerConnection implements HubConnection, OpenConnection {
  private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  enum Phase {
    HANDSHAKE,
    /** Taken up by lifetime and hub; input waits. */
    CONNECTING,
    OPEN,
    /** The last message is queued; nothing is read any more. */
    ENDED,
    /** It goes on at another replica. */
    GONE
  }

  private final HubServer server;
  private final HubOptions options;
  private final String connectionId;
  private final boolean asksToReturn;
  private final Map<Object, Object> items = new ConcurrentHashMap<>(0);
  private final SerialLoop loop = new SerialLoop();
  private final Sending sending;
  private final Reception reception;
  private final Receipts receipts;
  private final Membership membership;
  private final Dispatch dispatch;
  private final Watch watch;
  private final Handover handover;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  /** The end of a client that has left while it was taken up. */
  private @Nullable Runnable whenTakenUp;

  private volatile Phase phase = Phase.HANDSHAKE;
  private volatile HubRequest request;
  private volatile String transportName = "";
  private volatile String transportPath = "";
  private volatile @Nullable HubProtocol protocol;
  private volatile @Nullable String userId;
  private volatile boolean closing;
  private volatile boolean moving;

  /**
   * @param asksToReturn whether the client has negotiated stateful reconnect
   */
  ServerConnection(
      HubServer server, String connectionId, HubRequest request, boolean asksToReturn) {
    this.server = server;
    this.options = server.definition().options();
    this.connectionId = connectionId;
    this.asksToReturn = asksToReturn && options.statefulReconnects().allowed();
    this.request = request;
    this.sending = new Sending(options, meters(), () -> loop.execute(this::cutOff));
    HubInvoker invoker = new HubInvoker(server, new CallContext(this));
    this.membership = new Membership(this, server, invoker);
    this.dispatch = new Dispatch(this, server, invoker);
    this.reception = new Reception(this, options, sending, dispatch);
    this.receipts = new Receipts(this, sending);
    this.watch = new Watch(this, options, sending, reception, receipts, now());
    this.handover = new Handover(this, server, loop, sending, reception, dispatch, watch);
  }

  Wire begin(HubTransport transport) {
    Wire first = wire(request, transport);
    sending.begin(first);
    return first;
  }

  private Wire wire(HubRequest opening, HubTransport transport) {
    transportName = transport.name();
    transportPath = transport.path();
    return new Wire(
        this,
        opening,
        transport,
        new Outbox(options.sendHighWater(), options.sendLimit(), server.runtime().nanoTime()));
  }

  // ---- what the transport calls, by its wire

  void received(Wire from, byte[] bytes, int length) {
    meters().add(Event.BYTES_IN, length);
    loop.execute(() -> reception.received(from, bytes, length));
  }

  /**
   * @param broken what the peer has done to the transport, null when nothing
   */
  void closed(Wire by, @Nullable Throwable broken) {
    loop.execute(
        () -> {
          if (!sending.lost(by)) {
            return;
          }
          if (phase == Phase.CONNECTING && !moving && broken == null) {
            // What the client said before it left is still to be done.
            watch.away(now());
            whenTakenUp = () -> left(by, null);
          } else {
            left(by, broken);
          }
        });
  }

  private void left(Wire by, @Nullable Throwable broken) {
    boolean told = phase == Phase.ENDED;
    end(null, broken == null && reception.midMessage() ? midMessage() : broken, false);
    gone.complete(null);
    forget();
    if (!told) {
      by.transport().outputReady();
    }
  }

  private static ProtocolException midMessage() {
    return new ProtocolException("Connection terminated while reading a message.");
  }

  /** The client has said by way of its transport that the connection is to end. */
  void closedByTransport(@Nullable String error, boolean allowReconnect) {
    loop.execute(
        () -> {
          if (reception.midMessage()) {
            fail(midMessage());
          } else {
            close(error, allowReconnect);
          }
        });
  }

  void lost(Wire gone) {
    loop.execute(
        () -> {
          if (!mayReturn()) {
            closed(gone, null);
          } else if (sending.lost(gone)) {
            LOG.debug("Connection {} is without a socket", connectionId);
            reception.restart(now());
            watch.away(now());
          }
        });
  }

  // ---- another wire

  /**
   * Whether a client that has lost its socket, or is about to, may go on with another one: it has
   * negotiated that, and the connection has not ended.
   */
  public boolean mayReturn() {
    return asksToReturn
        && !closing
        && !moving
        && (phase == Phase.HANDSHAKE || living() && sending.keepsNumbered());
  }

  /**
   * Goes on over another transport; the one before it, should it still be open, is closed. Where
   * the client may not come back the transport ends at once.
   *
   * @param reopening the request that brought it, which takes the place of the first one
   */
  public Wire resume(HubRequest reopening, HubTransport transport) {
    Wire next = wire(reopening, transport);
    loop.execute(() -> resume(next));
    return next;
  }

  private void resume(Wire next) {
    HubProtocol spoken = protocol;
    if (spoken != null) {
      next.transport().useBinary(spoken.binary());
    }
    if (!mayReturn() || !sending.resume(next, spoken)) {
      next.hangUp();
      return;
    }
    LOG.debug("Connection {} has another socket", connectionId);
    meters().count(Event.RECONNECTED);
    request = next.request();
    reception.returned(now());
  }

  /** Runs {@code task} when the connection has ended and its last wire is closed. */
  public void whenGone(Runnable task) {
    CompletableFutures.whenDone(gone, (nothing, failure) -> task.run());
  }

  // ---- handshake and taking up, inside the loop

  /** A call that held up reading has begun. */
  void readOn() {
    reception.read();
  }

  void inLoop(Runnable task) {
    loop.execute(task);
  }

  /** Whether the caller is inside the loop already. */
  boolean isInLoop() {
    return loop.runsHere();
  }

  /** Takes the client's handshake; false when it is refused. */
  boolean handshake(Handshake asked) {
    Wire by = Objects.requireNonNull(sending.wire());
    HubProtocol chosen = server.protocol(asked.protocol());
    String refusal = HandshakeRefusal.of(asked, chosen, by.transport());
    if (refusal == null && server.lifetime().sendsReliably()) {
      refusal = HandshakeRefusal.ofWish(request);
    }
    if (refusal != null || chosen == null) {
      refuse(Objects.requireNonNull(refusal));
      return false;
    }
    accept(chosen, asked.version(), by);
    return true;
  }

  private void accept(HubProtocol chosen, int version, Wire by) {
    if (asksToReturn && version >= HubProtocol.VERSION) {
      sending.keepNumbered();
      reception.countNumbered();
    }
    protocol = chosen;
    by.transport().useBinary(chosen.binary());
    userId = server.definition().users().userId(request);
    phase = Phase.CONNECTING;
    reception.heard(now());
    watch.accepted(chosen, now());
    queue(Handshake.response(null));
    membership.takeUp(failure -> loop.execute(() -> takenUp(failure)));
  }

  private void takenUp(@Nullable Throwable failure) {
    if (failure != null) {
      LOG.warn("Connection {} was refused by its hub", connectionId, failure);
      String text = ErrorTexts.closed(failure, options.detailedErrors());
      end(new HubMessage.Close(text, false), failure, false);
    } else {
      meters().count(Event.CONNECTED);
      if (phase == Phase.CONNECTING) {
        phase = Phase.OPEN;
      }
      reception.read();
    }
    Runnable next = whenTakenUp;
    whenTakenUp = null;
    if (next != null) {
      next.run();
    }
  }

  void refuse(String error) {
    meters().count(Event.HANDSHAKES_REFUSED);
    over();
    boolean unused = sending.finish(Handshake.response(error), false);
    ended.complete(null);
    forget();
  }

  /** The client has not shaken hands in time. */
  void cancelHandshake() {
    if (phase == Phase.HANDSHAKE) {
      refuse("Handshake was canceled.");
    }
  }

  // ---- the end

  @Override
  public void close(@Nullable String error, boolean allowReconnect) {
    // What the closer still sends comes too late, also when the loop is busy just now.
    closing = true;
    loop.execute(
        () -> {
          if (phase == Phase.HANDSHAKE) {
            cancelHandshake();
          } else {
            end(new HubMessage.Close(error, allowReconnect), null, false);
          }
        });
  }

  void closedByClient(@Nullable HubException said) {
    end(new HubMessage.Close(null, false), said, false);
  }

  void fail(Throwable failure) {
    meters().count(Event.CLOSED_BY_FAULT);
    LOG.info("Connection {} is closed: {}", connectionId, failure.toString());
    String text = ErrorTexts.closed(failure, options.detailedErrors());
    end(new HubMessage.Close(text, true), failure, false);
  }

  /** The client did not come back in time. */
  void giveUp() {
    end(null, null, false);
  }

  /**
   * Ends the connection.
   *
   * @param last Close message, null when none can be written
   * @param failure what the hub is told
   * @param drop whether what is queued is left out
   */
  private void end(HubMessage.@Nullable Close last, @Nullable Throwable failure, boolean drop) {
    if (!living()) {
      return;
    }
    if (last != null && last.allowReconnect()) {
      meters().count(Event.TOLD_TO_RETURN);
    }
    boolean begun = phase != Phase.HANDSHAKE;
    over();
    HubProtocol spoken = protocol;
    if (!sending.finish(last == null || spoken == null ? null : spoken.write(last), drop)) {
      phase = Phase.GONE;
      return;
    }
    if (!begun) {
      ended.complete(null);
      forget();
      return;
    }
    dispatch.connectionLost();
    membership.leave(failure, () -> ended.complete(null), this::forget);
  }

  /** Tells hub and lifetime that a connection which had left them behind is over. */
  void leaveHub() {
    membership.leave(null, () -> ended.complete(null), () -> {});
  }

  private void over() {
    phase = Phase.ENDED;
    reception.clear();
    watch.ended(now());
  }

  /** Nobody need know the connection any more, once it has ended and all is written. */
  void forget() {
    if (phase == Phase.ENDED && ended.isDone() && sending.finished()) {
      // A socket for a connection that is still being closed is another matter than one for none.
      if (!asksToReturn || gone.isDone() || sending.wire() == null || watch.closedLongAgo(now())) {
        server.runtime().connections().remove(this);
        gone.complete(null);
      }
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
    return sending.send(frame, message.numbered());
  }

  @Override
  public CompletionStage<Void> drained() {
    return sending.drained();
  }

  @Override
  public CompletionStage<Void> confirmed() {
    return receipts.confirmed();
  }

  void sendNow(HubMessage message) {
    CompletionStage<Void> unused = send(SerializedHubMessage.of(message));
  }

  /** Queues a frame that stateful reconnect does not count. */
  void queue(byte[] frame) {
    CompletionStage<Void> unused = sending.send(frame, false);
  }

  private void cutOff() {
    if (living()) {
      LOG.info("Connection {} does not keep up and is cut off", connectionId);
      meters().count(Event.SLOW_CLIENTS_CUT);
      end(new HubMessage.Close(null, true), null, true);
    }
  }

  /** Looks at the clock: pings, silent clients, writes and endings that take too long. */
  @Override
  public void heartbeat() {
    watch.look(now());
  }

  // ---- what it is

  boolean living() {
    return phase != Phase.ENDED && phase != Phase.GONE;
  }

  boolean hasSocket() {
    return sending.wire() != null;
  }

  @Override
  public boolean mayMove() {
    return sending.keepsNumbered();
  }

  @Override
  public boolean open() {
    return living();
  }

  @Override
  public boolean moving() {
    return moving;
  }

  @Override
  public boolean leaving() {
    return moving && phase != Phase.CONNECTING;
  }

  /** Its way from and to other replicas. */
  public Handover handover() {
    return handover;
  }

  void moving(boolean now) {
    moving = now;
  }

  void phase(Phase next) {
    phase = next;
  }

  /** Takes on what another replica's handshake has settled. */
  void arriving(HubProtocol spoken, @Nullable String user) {
    moving = true;
    sending.hold();
    reception.countNumbered();
    protocol = spoken;
    userId = user;
    phase = Phase.CONNECTING;
    watch.accepted(spoken, now());
    watch.away(now());
    membership.arrived();
  }

  Phase phase() {
    return phase;
  }

  /** Whether a call holds up reading. */
  boolean stalled() {
    return dispatch.stalled();
  }

  HubMeters meters() {
    return server.runtime().connections().meters();
  }

  @Override
  public String transportName() {
    return transportName;
  }

  @Override
  public String transportPath() {
    return transportPath;
  }

  @Override
  public long queuedBytes() {
    return sending.queuedBytes();
  }

  long now() {
    return server.runtime().nanoTime().getAsLong();
  }

  @Override
  public String connectionId() {
    return connectionId;
  }

  @Override
  public String endpoint() {
    return server.definition().name();
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
