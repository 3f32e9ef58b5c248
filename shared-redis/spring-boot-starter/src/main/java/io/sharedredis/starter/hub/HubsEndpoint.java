package io.sharedredis.starter.hub;

import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.server.ConnectionInfo;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.starter.ActuatorCaller;
import io.sharedredis.starter.hub.HubServers.Served;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * The actuator endpoint {@code hubs}: what each hub has on this replica, its connections, a hundred
 * at a time, and closing one.
 *
 * <p>Closing is off by default: {@code management.endpoint.hubs.access=unrestricted} enables it;
 * each is logged with the name of who asked for it. Names of connections whose client negotiated
 * version 0 are their tokens too, so who may read them is to be trusted. Thread-safe.
 */
@WebEndpoint(id = "hubs", defaultAccess = Access.READ_ONLY)
final class HubsEndpoint {

  private static final Logger log = LoggerFactory.getLogger(HubsEndpoint.class);

  /** Connections shown at a time. */
  static final int PAGE = 100;

  private final HubServers servers;
  private final HubConnections connections;
  private final BooleanSupplier draining;

  HubsEndpoint(HubServers servers, HubConnections connections, BooleanSupplier draining) {
    this.servers = servers;
    this.connections = connections;
    this.draining = draining;
  }

  /**
   * All hubs and raw handlers, or the connections of one.
   *
   * @param hub full name of the one; 404 if there is none
   * @param from how many of its connections to pass over; a hundred are shown, in the order of
   *     their names
   */
  @ReadOperation
  WebEndpointResponse<?> list(@Nullable String hub, @Nullable Integer from) {
    if (hub == null) {
      return new WebEndpointResponse<>(all());
    }
    if (servers.served().stream().noneMatch(one -> one.name().equals(hub))) {
      return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
    }
    List<ConnectionInfo> its =
        connections.stream()
            .filter(one -> one.endpoint().equals(hub))
            .sorted(Comparator.comparing(ConnectionInfo::id))
            .toList();
    int first = Math.min(its.size(), from == null ? 0 : Math.max(0, from));
    int end = Math.min(its.size(), first + PAGE);
    return new WebEndpointResponse<>(new ConnectionsView(hub, its.size(), its.subList(first, end)));
  }

  private HubsView all() {
    List<ConnectionInfo> open = connections.stream().toList();
    List<HubView> views = new ArrayList<>();
    for (Served one : servers.served()) {
      Map<String, Long> carried = new TreeMap<>();
      long queued = 0;
      for (ConnectionInfo connection : open) {
        if (connection.endpoint().equals(one.name())) {
          carried.merge(connection.transport() + " " + connection.path(), 1L, Long::sum);
          queued += connection.queuedBytes();
        }
      }
      HubLifetime.Counts counts = one.hub() == null ? null : one.hub().counts();
      views.add(
          new HubView(
              one.name(),
              one.paths(),
              carried.values().stream().mapToLong(Long::longValue).sum(),
              carried,
              counts == null ? null : counts.groups(),
              counts == null ? null : counts.users(),
              queued));
    }
    return new HubsView(draining.getAsBoolean(), open.size(), views);
  }

  /**
   * Ends one connection of this replica, after what is queued for it; 404 if it is not here.
   *
   * @param reconnect whether its client may come back by itself; by default not
   */
  @DeleteOperation
  WebEndpointResponse<?> close(
      SecurityContext caller, @Selector String id, @Nullable Boolean reconnect) {
    if (!connections.close(id, Boolean.TRUE.equals(reconnect))) {
      return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
    }
    log.warn(
        "Hub connection {} was closed over the actuator by {}", id, ActuatorCaller.name(caller));
    return new WebEndpointResponse<>(Map.of("closed", 1));
  }

  /**
   * What this replica serves.
   *
   * @param draining whether it sends its clients elsewhere, because it stops
   * @param connections of all hubs
   */
  record HubsView(boolean draining, int connections, List<HubView> hubs) {}

  /**
   * One hub, or handler of raw connections.
   *
   * @param name its full name
   * @param carried connections by transport and what carries it
   * @param groups those with a connection here; null where there are none
   * @param users those with a connection here
   * @param queuedBytes written for its clients and not yet taken
   */
  record HubView(
      String name,
      List<String> paths,
      long connections,
      Map<String, Long> carried,
      @Nullable Integer groups,
      @Nullable Integer users,
      long queuedBytes) {}

  /**
   * Connections of one hub.
   *
   * @param count of all, of which a page is shown
   */
  record ConnectionsView(String hub, int count, List<ConnectionInfo> connections) {}
}
