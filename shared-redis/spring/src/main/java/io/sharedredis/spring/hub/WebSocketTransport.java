package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.TransportListener;
import io.sharedredis.netty.WebSocketException;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.SendHandler;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * A hub connection over the Jakarta WebSocket API, which every container and TLS at the connector
 * know. One asynchronous send is in flight at a time and takes along what waits; each WebSocket
 * message holds whole hub messages.
 */
final class WebSocketTransport implements HubTransport, WebSocketHandler, SubProtocolCapable {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketTransport.class);

  /** Tomcat's limit for the blocking close frame to a peer that does not read. */
  private static final String BLOCKING_SEND_TIMEOUT =
      "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

  private final String connectionId;
  private final Function<HubTransport, TransportListener> opening;
  private final @Nullable String subProtocol;
  private final Runnable atStart;
  private final Runnable atEnd;
  private final AtomicInteger outputSignals = new AtomicInteger();
  private final SocketReading reading;
  private final SocketPings pings;
  private final SocketEnd end;

  private volatile boolean binary;
  private volatile boolean aborted;

  /** Whether a message is on its way out. */
  private volatile boolean writing;

  private volatile @Nullable Session session;
  private volatile @Nullable TransportListener connection;

  /**
   * @param opening takes up the connection, or takes it up again
   * @param atStart runs when it has
   * @param atEnd runs when the socket is closed or lost, before the connection knows
   */
  WebSocketTransport(
      String connectionId,
      Function<HubTransport, TransportListener> opening,
      @Nullable String subProtocol,
      Executor closer,
      Runnable atStart,
      Runnable atEnd,
      SocketReading reading) {
    this.connectionId = connectionId;
    this.opening = opening;
    this.subProtocol = subProtocol;
    this.atStart = atStart;
    this.atEnd = atEnd;
    this.reading = reading;
    this.pings = new SocketPings(connectionId, closer);
    this.end = new SocketEnd(connectionId, closer, reading);
  }

  @Override
  public void afterConnectionEstablished(WebSocketSession opened) {
    Session socket = ((NativeWebSocketSession) opened).getNativeSession(Session.class);
    if (socket == null) {
      throw new IllegalStateException(
          "hubs need a container with the Jakarta WebSocket API, this session is " + opened);
    }
    socket.getUserProperties().put(BLOCKING_SEND_TIMEOUT, SocketEnd.CLOSE_MILLIS);
    // The connection keeps the time itself; Jetty would end silence after half a minute.
    socket.setMaxIdleTimeout(0);
    session = socket;
    connection = opening.apply(this);
    atStart.run();
    // What a raw connection's handler has sent meanwhile, or a connection that goes on has to say.
    outputReady();
  }

  @Override
  public List<String> getSubProtocols() {
    return subProtocol == null ? List.of() : List.of(subProtocol);
  }

  @Override
  public void handleMessage(WebSocketSession from, WebSocketMessage<?> message) {
    TransportListener open = connection;
    if (open == null) {
      return;
    }
    // Frames of either kind carry either protocol: the Java client sends JSON as binary.
    if (message instanceof TextMessage text) {
      open.received(text.asBytes());
    } else if (message instanceof BinaryMessage bytes) {
      ByteBuffer payload = bytes.getPayload();
      byte[] copy = new byte[payload.remaining()];
      payload.get(copy);
      open.received(copy);
    } else if (message instanceof PongMessage pong) {
      pings.answered(pong.getPayload());
    }
    if (!reading.awaitRoom(session)) {
      LOG.info("Connection {}: cut off, too many connections send more than is read", connectionId);
      abort();
      ended(true);
    }
  }

  @Override
  public boolean confirm(Runnable received) {
    Session socket = session;
    return socket != null && pings.ask(socket, received);
  }

  @Override
  public void handleTransportError(WebSocketSession from, Throwable failure) {
    LOG.debug("Connection {}: the WebSocket failed", connectionId, failure);
    WebSocketException broken = SocketClosing.broken(failure);
    if (broken == null || !broken(broken)) {
      ended(true);
    }
  }

  @Override
  public void afterConnectionClosed(WebSocketSession from, CloseStatus status) {
    end.gone();
    // Jetty ends the connection next, with a close frame of ours that is still on its way.
    reading.awaitRelease(session, SocketEnd.CLOSE_MILLIS);
    WebSocketException broken =
        SocketClosing.broken(status.getCode(), String.valueOf(status.getReason()));
    if (broken == null || !broken(broken)) {
      ended(status.equalsCode(CloseStatus.NO_CLOSE_FRAME));
    }
  }

  /**
   * @return false when the connection was to end, or had ended, before the peer broke the rules
   */
  private boolean broken(WebSocketException failure) {
    TransportListener open = connection;
    if (open == null || !end.begin()) {
      return false;
    }
    reading.end();
    atEnd.run();
    open.transportBroken(failure);
    return true;
  }

  /**
   * @param lost whether the peer has gone without a close frame, and may come back
   */
  private void ended(boolean lost) {
    end.begin();
    reading.end();
    atEnd.run();
    TransportListener open = connection;
    if (open == null) {
      return;
    }
    if (lost || aborted) {
      open.transportLost();
    } else {
      open.transportClosed();
    }
  }

  /** Pieces of large messages are taken as they come: the hub protocol has its own limit. */
  @Override
  public boolean supportsPartialMessages() {
    return true;
  }

  @Override
  public String name() {
    return "WebSockets";
  }

  @Override
  public boolean supportsBinary() {
    return true;
  }

  @Override
  public void useBinary(boolean binary) {
    this.binary = binary;
  }

  // Signals are counted, not nested: a container that completes sends at once must not grow the
  // stack.
  @Override
  public void outputReady() {
    if (outputSignals.getAndIncrement() != 0) {
      return;
    }
    do {
      write();
    } while (outputSignals.decrementAndGet() != 0);
  }

  private void write() {
    TransportListener open = connection;
    Session socket = session;
    if (open == null || socket == null) {
      return;
    }
    List<byte[]> unit = open.output().take();
    if (unit != null) {
      writing = true;
      try {
        send(socket, joined(unit), sent());
      } catch (RuntimeException e) {
        LOG.debug("Connection {}: a message could not be sent", connectionId, e);
        abort();
        ended(true);
      }
    } else if (open.output().finished()) {
      boolean failed = open.output().failed();
      close(
          socket,
          new CloseReason(
              failed ? CloseCodes.UNEXPECTED_CONDITION : CloseCodes.NORMAL_CLOSURE, ""));
    }
  }

  private void send(Session socket, byte[] bytes, SendHandler end) {
    if (binary) {
      socket.getAsyncRemote().sendBinary(ByteBuffer.wrap(bytes), end);
    } else {
      socket.getAsyncRemote().sendText(new String(bytes, StandardCharsets.UTF_8), end);
    }
  }

  private SendHandler sent() {
    return result -> {
      writing = false;
      TransportListener open = connection;
      if (open == null) {
        return;
      }
      open.output().written();
      if (result.isOK()) {
        outputReady();
      } else {
        LOG.debug("Connection {}: the peer is gone", connectionId, result.getException());
        abort();
        ended(true);
      }
    };
  }

  private static byte[] joined(List<byte[]> unit) {
    if (unit.size() == 1) {
      return unit.get(0);
    }
    int length = 0;
    for (byte[] part : unit) {
      length += part.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : unit) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  @Override
  public void pauseReading() {
    reading.pause(session);
  }

  @Override
  public void resumeReading() {
    reading.resume(session);
  }

  @Override
  public void abort() {
    aborted = true;
    Session socket = session;
    if (socket == null) {
      return;
    }
    if (!end.drop(socket, writing)) {
      close(socket, new CloseReason(CloseCodes.GOING_AWAY, ""));
    }
  }

  private void close(Session socket, CloseReason reason) {
    end.close(socket, reason, () -> ended(false));
  }
}
