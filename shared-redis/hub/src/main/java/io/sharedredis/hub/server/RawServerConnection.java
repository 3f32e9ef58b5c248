package io.sharedredis.hub.server;

import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.RawConnection;
import io.sharedredis.hub.server.HubMeters.Event;
import java.security.Principal;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One raw connection: what the transport receives goes to the handler piece by piece, what the
 * handler sends waits for the transport. Only the handler's code may block.
 */
final class RawServerConnection implements OpenConnection, RawConnection, TransportListener {
  private static final Logger LOG = LoggerFactory.getLogger(RawServerConnection.class);
  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  private final RawServer server;
  private final HubOptions options;
  private final String connectionId;
  private final HubRequest request;
  private final HubTransport transport;
  private final Map<Object, Object> items = new ConcurrentHashMap<>(0);
  private final Outbox outbox;
  private final SerialTasks tasks;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  // Guarded by this.
  private long unhandled;
  private boolean paused;
  private boolean ending;
  private long endedAt;

  RawServerConnection(
      RawServer server, String connectionId, HubRequest request, HubTransport transport) {
    this.server = server;
    this.options = server.options();
    this.connectionId = connectionId;
    this.request = request;
    this.transport = transport;
    this.outbox =
        new Outbox(options.sendHighWater(), options.sendLimit(), server.runtime().nanoTime());
    this.tasks = new SerialTasks(server.runtime().executor());
  }

  /** Tells the handler; it may answer before the transport knows of this connection. */
  void begin() {
    meters().count(Event.CONNECTED);
    run(() -> server.handler().connected(this));
  }

  // ---- what the transport calls

  @Override
  public void received(byte[] bytes) {
    meters().add(Event.BYTES_IN, bytes.length);
    synchronized (this) {
      if (ending) {
        return;
      }
      unhandled += bytes.length;
    }
    pauseOrResume();
    run(
        () -> {
          server.handler().received(this, bytes);
          synchronized (this) {
            unhandled -= bytes.length;
          }
          pauseOrResume();
        });
  }

  @Override
  public void transportClosed() {
    outbox.discard();
    end(null, false);
  }

  @Override
  public OutputSource output() {
    return outbox;
  }

  private void pauseOrResume() {
    boolean pause;
    synchronized (this) {
      pause = !ending && unhandled > options.receiveHighWater();
      if (pause == paused) {
        return;
      }
      paused = pause;
    }
    if (pause) {
      transport.pauseReading();
    } else {
      transport.resumeReading();
    }
  }

  // ---- the handler's code

  /** A step of the handler. */
  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  private void run(Step step) {
    tasks.execute(
        () -> {
          if (ended.isDone() || isEnding()) {
            return;
          }
          try {
            step.run();
          } catch (Exception | LinkageError failure) {
            LOG.warn("Connection {} is closed: its handler failed", connectionId, failure);
            meters().count(Event.CLOSED_BY_FAULT);
            end(failure, false);
          }
        });
  }

  private synchronized boolean isEnding() {
    return ending;
  }

  private void end(@Nullable Throwable failure, boolean drop) {
    synchronized (this) {
      if (ending) {
        return;
      }
      ending = true;
      endedAt = server.runtime().nanoTime().getAsLong();
    }
    if (failure != null) {
      outbox.fail();
    }
    outbox.finish(null, drop);
    transport.outputReady();
    tasks.execute(
        () -> {
          try {
            server.handler().disconnected(this, failure);
          } catch (Exception | LinkageError e) {
            LOG.warn("Connection {}: disconnected failed", connectionId, e);
          }
          ended.complete(null);
          forgetIfWritten();
        });
  }

  private void forgetIfWritten() {
    if (outbox.finished()) {
      server.runtime().connections().remove(this);
    }
  }

  // ---- what the handler calls

  @Override
  public CompletionStage<Void> send(byte[] bytes) {
    switch (outbox.offer(bytes)) {
      case QUEUED -> {
        meters().count(Event.MESSAGES_OUT);
        meters().add(Event.BYTES_OUT, bytes.length);
        transport.outputReady();
        return outbox.room();
      }
      case OVERFLOW -> {
        LOG.info("Connection {} does not keep up and is cut off", connectionId);
        meters().count(Event.SLOW_CLIENTS_CUT);
        end(null, true);
      }
      case CLOSED -> {}
    }
    return DONE;
  }

  @Override
  public void close() {
    end(null, false);
  }

  @Override
  public void close(@Nullable String error, boolean allowReconnect) {
    end(null, false);
  }

  @Override
  public void useBinary(boolean binary) {
    transport.useBinary(binary);
  }

  // ---- time

  @Override
  public void heartbeat() {
    boolean over;
    synchronized (this) {
      over = ending;
    }
    if (outbox.writingFor() > options.sendTimeout().toNanos()) {
      LOG.info("Connection {}: a write took too long", connectionId);
      transport.abort();
      transportClosed();
    } else if (over && outbox.finished()) {
      if (ended.isDone()) {
        server.runtime().connections().remove(this);
      }
    } else if (over
        && server.runtime().nanoTime().getAsLong() - endedAt > options.closeTimeout().toNanos()) {
      transport.abort();
      outbox.discard();
    }
  }

  private HubMeters meters() {
    return server.runtime().connections().meters();
  }

  // ---- what it is

  @Override
  public String connectionId() {
    return connectionId;
  }

  @Override
  public String endpoint() {
    return server.name();
  }

  @Override
  public @Nullable String userId() {
    Principal user = request.user();
    return user == null ? null : user.getName();
  }

  @Override
  public HubRequest request() {
    return request;
  }

  @Override
  public String transport() {
    return transport.name();
  }

  @Override
  public String transportName() {
    return transport.name();
  }

  @Override
  public String transportPath() {
    return transport.path();
  }

  @Override
  public long queuedBytes() {
    return outbox.queuedBytes();
  }

  @Override
  public Map<Object, Object> items() {
    return items;
  }

  @Override
  public CompletionStage<Void> ended() {
    return ended;
  }

  @Override
  public String toString() {
    return "RawServerConnection[" + connectionId + "]";
  }
}
