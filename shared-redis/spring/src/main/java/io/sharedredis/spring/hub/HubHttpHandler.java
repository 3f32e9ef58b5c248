package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ConnectionServer;
import io.sharedredis.hub.server.HubConnections.Place;
import io.sharedredis.hub.server.ServerConnection;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.springframework.web.HttpRequestHandler;

/** One hub's HTTP endpoint: negotiation and the way to its transports. */
final class HubHttpHandler implements HttpRequestHandler {
  private static final Set<String> CONNECT_METHODS = Set.of("GET", "POST", "DELETE");

  private final String path;
  private final ConnectionServer server;
  private final EndpointOptions options;
  private final HubPaths paths;
  private final HubGate gate;
  private final Negotiation negotiation;
  private final RequestTransports requests;
  private final HubUpgrades upgrades;
  private final ForeignConnections foreign;

  HubHttpHandler(String path, HubRoute route, HubPaths paths, HubGate gate, HubSockets sockets) {
    this.path = path;
    this.server = route.server();
    this.options = route.options();
    this.paths = paths;
    this.gate = gate;
    this.negotiation = new Negotiation(gate.claims(), gate.ids(), options);
    this.requests = new RequestTransports(server, gate, options);
    this.upgrades = new HubUpgrades(server, options, gate, sockets);
    this.foreign = new ForeignConnections(path, server, options, gate);
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
      HttpAnswers.full(response);
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
      upgrades.openAtOnce(request, response);
      return;
    }
    if (token.isEmpty()) {
      HttpAnswers.text(
          response,
          upgrade ? 404 : 400,
          upgrade ? HttpAnswers.unsupported("WebSockets") : "Connection ID required");
      return;
    }
    String wanted = events ? "ServerSentEvents" : upgrade ? "WebSockets" : "LongPolling";
    Found found = gate.claims().find(path, token, get);
    if (found instanceof Found.There there && get && !foreign.relaysPolls(token, wanted)) {
      found = foreign.open(there, token, wanted, request, response);
    }
    if (found instanceof Found.Here here) {
      serve(here.claim(), wanted, request, response);
    } else if (found instanceof Found.Unknown) {
      HttpAnswers.notNow(response, "Redis is away, and this replica does not have the connection.");
    } else if (found != null
        && !(found instanceof Found.There there
            && foreign.relay(there, token, request, response))) {
      HttpAnswers.text(response, 404, "No Connection with that ID");
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
      HttpAnswers.text(response, 404, HttpAnswers.unsupported(wanted));
    } else if (current != null && !current.equals(wanted)) {
      HttpAnswers.text(response, 400, "Cannot change transports mid-connection");
    } else if (current != null) {
      ServerConnection returning = claim.awaitingReturn();
      if (wanted.equals("LongPolling")) {
        requests.poll(claim, request, response);
      } else if (wanted.equals("WebSockets") && returning != null) {
        upgrades.reopen(claim, returning, request, response);
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
      HttpAnswers.full(response);
      return;
    }
    if (!claim.open(wanted)) {
      place.release();
      open(claim, wanted, request, response);
      return;
    }
    if (wanted.equals("WebSockets")) {
      upgrades.open(claim, place, request, response);
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
