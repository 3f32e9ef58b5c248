package io.sharedredis.hub.server;

import io.sharedredis.hub.lifetime.HubConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every open hub connection of this process, of all hubs. Thread-safe; nothing blocks. */
public final class HubConnections {
  /**
   * Heartbeats, and so seconds, for which a place is kept at most: a container opens a socket at
   * once, or, where a filter fails behind the upgrade, never, and then says so to nobody. Who comes
   * later all the same counts itself.
   */
  static final int KEPT_BEATS = 10;

  private final Map<String, OpenConnection> open = new ConcurrentHashMap<>();
  private final HubMeters meters = new HubMeters();

  /** Connections that have ended here and are being fetched by another replica. */
  private final Set<OpenConnection> leaving = ConcurrentHashMap.newKeySet();

  /** Places kept for connections that are about to open; guarded by this. */
  private final Set<Place> promised = new LinkedHashSet<>();

  private long beats;

  public HubMeters meters() {
    return meters;
  }

  void add(OpenConnection connection) {
    open.put(connection.connectionId(), connection);
  }

  void remove(OpenConnection connection) {
    open.remove(connection.connectionId(), connection);
  }

  /** It goes on at another replica, which has still to fetch what it takes along. */
  void leaves(OpenConnection connection) {
    leaving.add(connection);
    remove(connection);
  }

  /** The other replica has it, or never will. */
  void gone(OpenConnection connection) {
    leaving.remove(connection);
  }

  /**
   * Ends the connections opened under an HTTP session that has ended, by sign-out or expiry. Their
   * clients do not come back by themselves.
   *
   * @return how many there were
   */
  public int closeForSession(String sessionId) {
    return closeAny(c -> sessionId.equals(c.request().sessionId()), false);
  }

  /**
   * Ends the hub connections that match, after what is queued for them.
   *
   * @param allowReconnect whether their clients may come back by themselves
   * @return how many there were
   */
  public int closeIf(Predicate<HubConnection> condition, boolean allowReconnect) {
    return closeAny(c -> c instanceof HubConnection hub && condition.test(hub), allowReconnect);
  }

  /**
   * Ends the connection of that name, of whatever kind, after what is queued for it.
   *
   * @param allowReconnect whether its client may come back by itself
   * @return whether it was open
   */
  public boolean close(String connectionId, boolean allowReconnect) {
    OpenConnection connection = open.get(connectionId);
    if (connection == null) {
      return false;
    }
    connection.close(null, allowReconnect);
    return true;
  }

  private int closeAny(Predicate<OpenConnection> condition, boolean allowReconnect) {
    int closed = 0;
    for (OpenConnection connection : open.values()) {
      if (condition.test(connection)) {
        connection.close(null, allowReconnect);
        closed++;
      }
    }
    return closed;
  }

  /**
   * Closes the sockets of those connections that can go on elsewhere, without a Close message: this
   * replica stops, and their clients return at once, to others.
   *
   * @return how many sockets are being closed
   */
  public int sendAway() {
    int sent = 0;
    for (ServerConnection connection : movable()) {
      sent += connection.handover().sendAway() ? 1 : 0;
    }
    return sent;
  }

  /**
   * How many of those that can go on elsewhere are still here, with a socket or without, or have
   * still to be fetched.
   */
  public int toMove() {
    return movable().size() + leaving.size();
  }

  /** How many have gone to another replica since this process started. */
  public long departed() {
    return meters.counted(HubMeters.Event.DEPARTED);
  }

  /** How many of those that can go on elsewhere have no socket: their clients look for one. */
  public int withoutSocket() {
    return (int) movable().stream().filter(connection -> !connection.hasSocket()).count();
  }

  /** Counts those that can go on elsewhere and are still here: nobody has come for them. */
  public void countNotMoved() {
    movable().forEach(connection -> connection.handover().failed(NotMoved.NOBODY_CAME));
  }

  private List<ServerConnection> movable() {
    List<ServerConnection> movable = new ArrayList<>();
    for (OpenConnection one : open.values()) {
      if (one instanceof ServerConnection connection
          && connection.mayMove()
          && connection.living()) {
        movable.add(connection);
      }
    }
    return movable;
  }

  /** As {@link #drain}, but for connections that can go on elsewhere. */
  public int drainImmovable() {
    return closeAny(
        one -> !(one instanceof ServerConnection connection && connection.mayMove()), true);
  }

  /** Ends all connections because this replica stops; clients reconnect, to another one. */
  public int drain() {
    return closeAny(connection -> true, true);
  }

  /** Ids of the HTTP sessions under which connections are open. */
  public Set<String> sessionIds() {
    Set<String> ids = new HashSet<>();
    for (OpenConnection connection : open.values()) {
      String id = connection.request().sessionId();
      if (id != null) {
        ids.add(id);
      }
    }
    return ids;
  }

  /** Whether a connection of this process is open under that name. */
  public boolean isOpen(String connectionId) {
    return open.containsKey(connectionId);
  }

  public int size() {
    return open.size();
  }

  /**
   * Keeps a place for a connection that is about to open, so that two that come at once do not both
   * find the last one free.
   *
   * @param most connections that may be open
   * @return null when there is no place
   */
  public synchronized @Nullable Place reserve(int most) {
    if (open.size() + promised.size() >= most) {
      return null;
    }
    Place place = new Place(beats + KEPT_BEATS);
    promised.add(place);
    return place;
  }

  /** Whether {@link #reserve} would find no place. */
  public synchronized boolean full(int most) {
    return open.size() + promised.size() >= most;
  }

  private synchronized void given(Place place) {
    promised.remove(place);
  }

  private synchronized void dropForgotten() {
    beats++;
    promised.removeIf(place -> place.until <= beats);
  }

  /** A place kept for one connection, until it is open or does not come after all. */
  public final class Place {
    private final long until;

    private Place(long until) {
      this.until = until;
    }

    /** The connection counts itself now, or never will. Idempotent. */
    public void release() {
      given(this);
    }
  }

  /** How many use the transport of that name. */
  public long size(String transport) {
    return open.values().stream().filter(c -> c.transportName().equals(transport)).count();
  }

  /** How many use the transport of that name, carried that way. */
  public long size(String transport, String path) {
    return open.values().stream()
        .filter(c -> c.transportName().equals(transport) && c.transportPath().equals(path))
        .count();
  }

  /** What is known of each open connection, one after the other, in no order. */
  public Stream<ConnectionInfo> stream() {
    return open.values().stream().map(OpenConnection::info);
  }

  /** Bytes queued for all clients together. */
  public long queuedBytes() {
    return open.values().stream().mapToLong(OpenConnection::queuedBytes).sum();
  }

  /** Checks timeouts and sends pings; called once a second. */
  public void heartbeat() {
    dropForgotten();
    open.values().forEach(OpenConnection::heartbeat);
  }
}
