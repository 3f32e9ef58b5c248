package io.sharedredis.hub.server;

import io.sharedredis.hub.server.HubMeters.Event;
import io.sharedredis.hub.server.ServerConnection.Phase;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's way from this replica to another, or from another one to this. Both replicas
 * hear the bus, and agree on one point in what it brings: up to there the old one delivers, from
 * there on the new one. Thread-safe; nothing blocks.
 *
 * <p>Here: {@link #leave}, then {@link #depart} at that point. There: {@link #arrive}, {@link #cut}
 * at that point, {@link #settle} with what the old one has given.
 */
public final class Handover {
  private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

  /** Between two looks whether the connection's calls have ended. */
  private static final long LOOK_EVERY_MILLIS = 10;

  private final ServerConnection connection;
  private final HubServer server;
  private final SerialLoop loop;
  private final Sending sending;
  private final Reception reception;
  private final Dispatch dispatch;
  private final Watch watch;
  private volatile Set<String> promised = Set.of();

  Handover(
      ServerConnection connection,
      HubServer server,
      SerialLoop loop,
      Sending sending,
      Reception reception,
      Dispatch dispatch,
      Watch watch) {
    this.connection = connection;
    this.server = server;
    this.loop = loop;
    this.sending = sending;
    this.reception = reception;
    this.dispatch = dispatch;
    this.watch = watch;
  }

  // ---- from here

  /**
   * Gets the connection ready to go: its socket is closed without a Close message, streams end with
   * an error, running calls are awaited.
   *
   * @param patience longest wait for calls
   * @return false when it cannot go; when its calls do not end it stays and may be asked again
   */
  public CompletionStage<Boolean> leave(Duration patience) {
    CompletableFuture<Boolean> ready = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (!connection.mayReturn() || connection.phase() != Phase.OPEN) {
            ready.complete(false);
            return;
          }
          connection.moving(true);
          Wire open = sending.wire();
          if (open != null && sending.lost(open)) {
            open.hangUp();
          }
          reception.restart(connection.now());
          watch.away(connection.now());
          sending.waitForNobody(true);
          dispatch.endStreams();
          awaitCalls(System.nanoTime() + patience.toNanos(), ready);
        });
    return ready;
  }

  private void awaitCalls(long deadline, CompletableFuture<Boolean> ready) {
    if (dispatch.quiet()) {
      ready.complete(true);
    } else if (System.nanoTime() - deadline > 0 || !connection.living()) {
      stay();
      ready.complete(false);
    } else {
      CompletableFuture.delayedExecutor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)
          .execute(() -> loop.execute(() -> awaitCalls(deadline, ready)));
    }
  }

  /** It does not go after all: its client may return here. */
  public void stay() {
    sending.waitForNobody(false);
    connection.moving(false);
  }

  /** The groups it takes along; they must not change here any more. */
  public Set<String> groups() {
    promised = server.lifetime().groupsOf(connection.connectionId());
    return promised;
  }

  /**
   * Ends the connection here and gives what it takes along. Called by the bus, between the messages
   * it delivers here and those it does not. What is still sent here is passed on.
   *
   * @return null when it has ended meanwhile, its groups have changed, or nobody can tell what it
   *     was given
   */
  public @Nullable MovedConnection depart() {
    ReceivedNumbers received = reception.numbers();
    String id = connection.connectionId();
    if (!connection.moving()
        || received == null
        || !connection.living()
        || !server.lifetime().groupsOf(id).equals(promised)) {
      return null;
    }
    byte[] places = server.lifetime().depart(connection);
    if (places == null) {
      return null;
    }
    String protocol = connection.protocol().name();
    ReplayBuffer past =
        sending.depart(
            frame -> {
              CompletionStage<Void> unused = server.lifetime().forward(id, protocol, frame);
            });
    if (past == null) {
      return null;
    }
    connection.phase(Phase.GONE);
    CompletionStage<Void> unused = server.lifetime().onDisconnected(connection);
    server.runtime().connections().leaves(connection);
    Map<Object, Object> items = new HashMap<>(connection.items());
    return new MovedConnection(
        past.firstKept(),
        past.kept(),
        past.waiting(),
        received.next(),
        received.latest(),
        items,
        places);
  }

  /** The taker has it now. */
  public void given() {
    connection.meters().count(Event.DEPARTED);
    server.runtime().connections().gone(connection);
  }

  /** Whoever was to take it did not: it has ended. */
  public void lostOnTheWay() {
    server.runtime().connections().gone(connection);
    connection.leaveHub();
  }

  /**
   * Closes the socket without a Close message, so that the client returns at once, to another
   * replica: this one stops. Calls that still run are awaited by whoever takes the connection. A
   * socket over which the client has not yet said where it goes on is left: the client gives up
   * when it loses one while it repeats what it had sent over the one before.
   *
   * @return whether there was a socket to close
   */
  public boolean sendAway() {
    if (!mayBeSentAway() || sending.wire() == null) {
      return false;
    }
    loop.execute(
        () -> {
          Wire open = sending.wire();
          if (mayBeSentAway() && open != null) {
            dispatch.endStreams();
            if (sending.lost(open)) {
              open.hangUp();
            }
            reception.restart(connection.now());
            watch.away(connection.now());
          }
        });
    return true;
  }

  private boolean mayBeSentAway() {
    return connection.mayReturn()
        && connection.phase() == Phase.OPEN
        && !reception.repeats(connection.now());
  }

  // ---- to here

  /** Completes when the bus brings whatever is sent to the connection. */
  public CompletionStage<Void> arrive(Set<String> groups) {
    return server.lifetime().onArriving(connection, groups);
  }

  /** What the bus has brought up to now the old replica has delivered. */
  public void cut() {
    sending.cut();
    server.lifetime().cut(connection);
  }

  /** Gives the connection its past; its client may return from now on. */
  public void settle(MovedConnection past) {
    connection.items().putAll(past.items());
    loop.execute(
        () -> {
          ReceivedNumbers received = reception.numbers();
          if (received != null && connection.phase() == Phase.CONNECTING) {
            received.restore(past.nextReceived(), past.latestReceived(), connection.now());
            sending.restore(past);
            connection.phase(Phase.OPEN);
            connection.moving(false);
            connection.meters().count(Event.ARRIVED);
            server.lifetime().settle(connection, past.places());
          }
        });
  }

  /** It does not come after all, and was never here. */
  public void abandon() {
    loop.execute(
        () -> {
          connection.phase(Phase.GONE);
          CompletionStage<Void> unused = server.lifetime().onDisconnected(connection);
          server.runtime().connections().remove(connection);
        });
  }

  /** Counts and tells that the connection was to go, or to come, and cannot. */
  public void failed(NotMoved why) {
    LOG.info("Connection {} cannot move: {}", connection.connectionId(), why.label());
    connection.meters().notMoved(why);
  }
}
