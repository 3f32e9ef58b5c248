package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.server.ConnectionServer;
import io.sharedredis.hub.server.HubServer;
import io.sharedredis.lettuce.relay.RelayKind;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Requests that land at one endpoint here and whose connection is another replica's. */
final class ForeignConnections {
  private final String path;
  private final EndpointOptions options;
  private final HubGate gate;
  private final @Nullable RelayedTransports relayed;
  private final @Nullable Arrivals arrivals;

  ForeignConnections(String path, ConnectionServer server, EndpointOptions options, HubGate gate) {
    this.path = path;
    this.options = options;
    this.gate = gate;
    this.arrivals =
        gate.handovers() != null && server instanceof HubServer hub
            ? new Arrivals(gate.handovers(), gate.claims(), hub, gate.connections().meters())
            : null;
    this.relayed = gate.relay() == null ? null : new RelayedTransports(gate.relay(), gate, options);
  }

  /** Whether polls of that connection are known to go to its owner. */
  boolean relaysPolls(String token, String wanted) {
    return wanted.equals("LongPolling") && gate.claims().polledElsewhere(token);
  }

  /**
   * Finds out from its owner whether a connection may be opened here.
   *
   * @return null when the request is answered
   */
  @Nullable Found open(
      Found.There there,
      String token,
      String wanted,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (!options.offers(wanted)) {
      HttpAnswers.text(response, 404, HttpAnswers.unsupported(wanted));
      return null;
    }
    RelayedTransports way = relayed;
    if (way == null) {
      return new Found.Nowhere();
    }
    boolean patient = wanted.equals("WebSockets") && gate.claims().mayReturn(path, token);
    String exchange = gate.ids().next();
    PollAnswer said = way.open(there, token, opening(wanted), exchange, patient, request);
    if (said.status() == RelayedRequests.HANDED_OVER) {
      return gate.claims().adopt(token, there, said.body());
    }
    if (said.status() == Departures.OFFERED && arrivals != null) {
      HubRequest snapshot = HubRequests.snapshot(request);
      return arrivals.take(
          there, token, exchange, said.body(), snapshot, id -> way.take(there, token, id, request));
    }
    if (said.status() == RelayedRequests.POLL_HERE) {
      gate.claims().remember(token, there, true);
      return there;
    }
    if (said.status() == 503) {
      response.setHeader("Retry-After", "5");
    }
    HttpAnswers.answer(response, said);
    return null;
  }

  private static RelayKind opening(String transport) {
    return switch (transport) {
      case "WebSockets" -> RelayKind.OPEN_WEB_SOCKETS;
      case "ServerSentEvents" -> RelayKind.OPEN_EVENTS;
      default -> RelayKind.OPEN_POLLING;
    };
  }

  /**
   * Passes a request on to the owner.
   *
   * @return false where there is no way to it
   */
  boolean relay(
      Found.There there, String token, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    RelayedTransports way = relayed;
    if (way == null) {
      return false;
    }
    gate.claims().remember(token, there, false);
    switch (request.getMethod()) {
      case "POST" -> way.post(there, token, request, response);
      case "DELETE" -> way.delete(there, token, request, response);
      default -> way.poll(there, token, request, response);
    }
    return true;
  }
}
