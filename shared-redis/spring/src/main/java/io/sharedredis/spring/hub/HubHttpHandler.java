package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.server.ConnectionServer;
import io.sharedredis.hub.server.HubConnections.Place;
import io.sharedredis.hub.server.HubServer;
import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.ServerConnection;
import io.sharedredis.hub.server.TransportListener;
import io.sharedredis.hub.server.Wire;
import io.sharedredis.lettuce.relay.RelayKind;
import io.sharedredis.netty.HubSocket;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.HttpRequestHandler;

/** One hub's HTTP endpoint: negotiation and the way to its transports. */
final class HubHttpHandler implements HttpRequestHandler {
  private static final Set<String> CONNECT_METHODS = Set.of("GET", "POST", "DELETE");

  private final String path;
  private final ConnectionServer server;
  private final EndpointOptions options;
  private final HubPaths paths;
  private final HubGate gate;
  private final HubSockets sockets;
  private final Negotiation negotiation;
  private final RequestTransports requests;
  private final @Nullable RelayedTransports relayed;
  private final @Nullable Arrivals arrivals;

  HubHttpHandler(String path, HubRoute route, HubPaths paths, HubGate gate, HubSockets sockets) {
    this.path = path;
    this.server = route.server();
    this.options = route.options();
    this.paths = paths;
    this.gate = gate;
    this.sockets = sockets;
    this.negotiation = new Negotiation(gate.claims(), gate.ids(), options);
    this.requests = new RequestTransports(server, gate, options);
    this.arrivals =
        gate.handovers() != null && server instanceof HubServer hub
            ? new Arrivals(gate.handovers(), gate.claims(), hub, gate.connections().meters())
            : null;
    this.relayed = gate.relay() == null ? null : new RelayedTransports(gate.relay(), gate, options);
  }

  @Override
  public void handleRequest(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    HubPaths.Match match = paths.find(request);
    if (!gate.origins().allows(request.getHeader("Origin"))) {
      HttpAnswers.text(response, 403, "Forbidden");
    } else if (match != null && match.negotiate()) {
      negotiate(request, response);
    } else if (!CONNECT_METHODS.contains(request.getMethod())) {
      HttpAnswers.text(response, 405, null);
    } else {
      connect(request, response);
    }
  }

  private void negotiate(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!request.getMethod().equals("POST")) {
      HttpAnswers.text(response, 405, null);
      return;
    }
    if (gate.full()) {
      refuseFull(response);
      return;
    }
    String json =
        negotiation.answer(
            path,
            HubRequests.parameter(request, "negotiateVersion"),
            server.allowsStatefulReconnects() && asksToReturn(request));
    response.setHeader("Cache-Control", "no-store");
    HttpAnswers.write(response, 200, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean asksToReturn(HttpServletRequest request) {
    List<String> given = HubRequests.parameter(request, "useStatefulReconnect");
    return given.size() == 1 && given.get(0).equalsIgnoreCase("true");
  }

  private void connect(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean get = request.getMethod().equals("GET");
    boolean events = get && acceptsEvents(request);
    boolean upgrade = get && !events && WebSocketUpgrades.isAsked(request);
    if (get && !events && !upgrade) {
      HttpAnswers.neverCache(response);
    }
    List<String> given = HubRequests.parameter(request, "id");
    String token = given.isEmpty() ? "" : given.get(0);
    if (token.isEmpty() && upgrade && options.offers("WebSockets")) {
      Place place = gate.reserve();
      if (place == null) {
        refuseFull(response);
      } else {
        String id = gate.ids().next();
        HubRequest opening = HubRequests.snapshot(request);
        upgrade(
            request,
            response,
            id,
            transport -> server.open(id, opening, transport),
            place::release,
            () -> {});
      }
      return;
    }
    if (token.isEmpty()) {
      HttpAnswers.text(
          response,
          upgrade ? 404 : 400,
          upgrade ? unsupported("WebSockets") : "Connection ID required");
      return;
    }
    String wanted = events ? "ServerSentEvents" : upgrade ? "WebSockets" : "LongPolling";
    Found found = gate.claims().find(path, token, get);
    if (found instanceof Found.There there && get && !relaysPolls(token, wanted)) {
      found = openElsewhere(there, token, wanted, request, response);
    }
    if (found instanceof Found.Here here) {
      serve(here.claim(), wanted, request, response);
    } else if (found instanceof Found.There there && relayed != null) {
      relay(relayed, there, token, request, response);
    } else if (found instanceof Found.Unknown) {
      refuseForNow(response, "Redis is away, and this replica does not have the connection.");
    } else if (found != null) {
      HttpAnswers.text(response, 404, "No Connection with that ID");
    }
  }

  private boolean relaysPolls(String token, String wanted) {
    return wanted.equals("LongPolling") && gate.claims().polledElsewhere(token);
  }

  /**
   * Finds out from its owner whether a connection may be opened here.
   *
   * @return null when the request is answered
   */
  private @Nullable Found openElsewhere(
      Found.There there,
      String token,
      String wanted,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (!options.offers(wanted)) {
      HttpAnswers.text(response, 404, unsupported(wanted));
      return null;
    }
    if (relayed == null) {
      return new Found.Nowhere();
    }
    boolean patient = wanted.equals("WebSockets") && gate.claims().mayReturn(path, token);
    String exchange = gate.ids().next();
    PollAnswer said = relayed.open(there, token, opening(wanted), exchange, patient, request);
    if (said.status() == RelayedRequests.HANDED_OVER) {
      return gate.claims().adopt(token, there, said.body());
    }
    if (said.status() == Departures.OFFERED && arrivals != null) {
      RelayedTransports way = relayed;
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

  private void relay(
      RelayedTransports relayed,
      Found.There there,
      String token,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    gate.claims().remember(token, there, false);
    switch (request.getMethod()) {
      case "POST" -> relayed.post(there, token, request, response);
      case "DELETE" -> relayed.delete(there, token, request, response);
      default -> relayed.poll(there, token, request, response);
    }
  }

  private void serve(
      Claim claim, String wanted, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (request.getMethod()) {
      case "POST" -> requests.post(claim, request, response);
      case "DELETE" -> requests.delete(claim, response);
      default -> open(claim, wanted, request, response);
    }
  }

  private void open(
      Claim claim, String wanted, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String current = claim.transport();
    if (!options.offers(wanted)) {
      HttpAnswers.text(response, 404, unsupported(wanted));
    } else if (current != null && !current.equals(wanted)) {
      HttpAnswers.text(response, 400, "Cannot change transports mid-connection");
    } else if (current != null) {
      ServerConnection returning = claim.awaitingReturn();
      if (wanted.equals("LongPolling")) {
        requests.poll(claim, request, response);
      } else if (wanted.equals("WebSockets") && returning != null) {
        reopen(claim, returning, request, response);
      } else {
        HttpAnswers.text(response, 409, null);
      }
    } else {
      openFirst(claim, wanted, request, response);
    }
  }

  private void openFirst(
      Claim claim, String wanted, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Place place = gate.reserve();
    if (place == null) {
      // A client that polls comes again; the others negotiate anew, at a replica that has room.
      if (!wanted.equals("LongPolling")) {
        claim.ended();
      }
      refuseFull(response);
      return;
    }
    if (!claim.open(wanted)) {
      place.release();
      open(claim, wanted, request, response);
      return;
    }
    if (wanted.equals("WebSockets")) {
      HubRequest opening = HubRequests.snapshot(request);
      claim.openedBy(HubRequests.user(request));
      upgrade(
          request,
          response,
          claim.connectionId(),
          transport -> begin(claim, opening, transport),
          place::release,
          claim::socketEnded);
      return;
    }
    try {
      if (wanted.equals("LongPolling")) {
        requests.open(claim, request, response);
      } else {
        requests.events(claim, request, response);
      }
    } finally {
      place.release();
    }
  }

  private static String unsupported(String transport) {
    return transport + " transport not supported by this end point type";
  }

  private static void refuseFull(HttpServletResponse response) throws IOException {
    refuseForNow(response, "This replica holds as many connections as it may.");
  }

  private static void refuseForNow(HttpServletResponse response, String why) throws IOException {
    response.setHeader("Retry-After", "5");
    HttpAnswers.text(response, 503, why);
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
  private void reopen(
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
        () -> {},
        () -> {});
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

  private static boolean acceptsEvents(HttpServletRequest request) {
    String accept = request.getHeader("Accept");
    if (accept == null) {
      return false;
    }
    for (String type : accept.split(",")) {
      if (type.strip().equalsIgnoreCase("text/event-stream")) {
        return true;
      }
    }
    return false;
  }
}
