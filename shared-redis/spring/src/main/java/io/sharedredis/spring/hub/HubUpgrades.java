package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.server.ConnectionServer;
import io.sharedredis.hub.server.HubConnections.Place;
import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.ServerConnection;
import io.sharedredis.hub.server.TransportListener;
import io.sharedredis.hub.server.Wire;
import io.sharedredis.netty.HubSocket;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Function;

/** Makes requests of one endpoint WebSockets. */
final class HubUpgrades {
  private static final Runnable NOTHING = () -> {};

  private final ConnectionServer server;
  private final EndpointOptions options;
  private final HubGate gate;
  private final HubSockets sockets;

  HubUpgrades(ConnectionServer server, EndpointOptions options, HubGate gate, HubSockets sockets) {
    this.server = server;
    this.options = options;
    this.gate = gate;
    this.sockets = sockets;
  }

  /** Opens a connection that was not negotiated. */
  void openAtOnce(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Place place = gate.reserve();
    if (place == null) {
      HttpAnswers.full(response);
      return;
    }
    String id = gate.ids().next();
    HubRequest opening = HubRequests.snapshot(request);
    upgrade(
        request,
        response,
        id,
        transport -> server.open(id, opening, transport),
        place::release,
        NOTHING);
  }

  /** Opens a negotiated connection, for which there is a place. */
  void open(Claim claim, Place place, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    HubRequest opening = HubRequests.snapshot(request);
    claim.openedBy(HubRequests.user(request));
    upgrade(
        request,
        response,
        claim.connectionId(),
        transport -> begin(claim, opening, transport),
        place::release,
        claim::socketEnded);
  }

  private TransportListener begin(Claim claim, HubRequest opening, HubTransport transport) {
    claim.begun();
    TransportListener opened =
        server.open(claim.connectionId(), opening, transport, claim.stateful());
    if (opened instanceof Wire wire) {
      claim.opened(wire.connection());
    }
    return opened;
  }

  /** Goes on with a connection over another socket. */
  void reopen(
      Claim claim,
      ServerConnection connection,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (!claim.mayReturn(HubRequests.user(request))) {
      HttpAnswers.text(response, 404, "No Connection with that ID");
      return;
    }
    HubRequest reopening = HubRequests.snapshot(request);
    upgrade(
        request,
        response,
        claim.connectionId(),
        transport -> connection.resume(reopening, transport),
        NOTHING,
        NOTHING);
  }

  /**
   * Makes the request a WebSocket.
   *
   * @param settled runs when the connection counts itself, or does not come after all
   * @param ended runs when the socket is closed or lost, or does not come after all
   */
  private void upgrade(
      HttpServletRequest request,
      HttpServletResponse response,
      String connectionId,
      Function<HubTransport, TransportListener> opening,
      Runnable settled,
      Runnable ended)
      throws IOException {
    if (options.closeOnAuthenticationExpiration()) {
      gate.expiring().seen(connectionId, request);
    }
    Runnable over =
        () -> {
          settled.run();
          ended.run();
        };
    boolean upgraded = false;
    try {
      upgraded =
          sockets.upgrade(
              request,
              response,
              options.choose(WebSocketUpgrades.subProtocols(request)),
              new HubSocket(connectionId, opening, settled, over));
    } finally {
      if (!upgraded) {
        over.run();
      }
    }
  }
}
