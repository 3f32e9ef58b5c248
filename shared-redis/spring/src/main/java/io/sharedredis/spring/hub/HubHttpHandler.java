package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.hub.server.HubServer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.socket.server.HandshakeFailureException;
import org.springframework.web.socket.server.HandshakeHandler;

/** One hub's HTTP endpoint: negotiation and the opening of transports. */
final class HubHttpHandler implements HttpRequestHandler {
  private static final Map<String, List<String>> TRANSPORTS = transports();

  private final String path;
  private final HubServer server;
  private final HubPaths paths;
  private final HubGate gate;
  private final HandshakeHandler handshakes;
  private final Negotiation negotiation;

  HubHttpHandler(
      String path, HubServer server, HubPaths paths, HubGate gate, HandshakeHandler handshakes) {
    this.path = path;
    this.server = server;
    this.paths = paths;
    this.gate = gate;
    this.handshakes = handshakes;
    this.negotiation = new Negotiation(gate.tokens(), gate.oldTokens(), gate.ids());
  }

  private static Map<String, List<String>> transports() {
    Map<String, List<String>> offered = new LinkedHashMap<>();
    offered.put("WebSockets", List.of("Text", "Binary"));
    return offered;
  }

  @Override
  public void handleRequest(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    HubPaths.Match match = paths.find(request);
    if (!gate.origins().allows(request.getHeader("Origin"))) {
      answer(response, 403, "Forbidden");
    } else if (match != null && match.negotiate()) {
      negotiate(request, response);
    } else if (request.getMethod().equals("GET") && isUpgrade(request)) {
      webSocket(request, response);
    } else if (request.getMethod().equals("GET")) {
      answer(response, 404, "LongPolling transport not supported by this end point type");
    } else {
      answer(response, 405, null);
    }
  }

  private void negotiate(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!request.getMethod().equals("POST")) {
      answer(response, 405, null);
      return;
    }
    if (gate.full()) {
      response.setHeader("Retry-After", "5");
      answer(response, 503, "This replica holds as many connections as it may.");
      return;
    }
    String json =
        negotiation.answer(path, HubRequests.parameter(request, "negotiateVersion"), TRANSPORTS);
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private void webSocket(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    List<String> given = HubRequests.parameter(request, "id");
    String token = given.isEmpty() ? "" : given.get(0);
    String connectionId = token.isEmpty() ? gate.ids().next() : redeem(token);
    if (connectionId == null) {
      answer(response, 404, "No Connection with that ID");
      return;
    }
    if (gate.full()) {
      response.setHeader("Retry-After", "5");
      answer(response, 503, "This replica holds as many connections as it may.");
      return;
    }
    HubRequest snapshot = HubRequests.snapshot(request);
    WebSocketTransport transport =
        new WebSocketTransport(server, connectionId, snapshot, gate.closer());
    try (ServletServerHttpResponse output = new ServletServerHttpResponse(response)) {
      handshakes.doHandshake(
          new ServletServerHttpRequest(request), output, transport, new LinkedHashMap<>());
    } catch (HandshakeFailureException e) {
      throw new IOException("the WebSocket handshake failed", e);
    }
  }

  private @Nullable String redeem(String token) {
    return ConnectionIds.isId(token) && gate.tokens().shared()
        ? gate.oldTokens().redeem(path, token)
        : redeemAny(token);
  }

  private @Nullable String redeemAny(String token) {
    String id = gate.tokens().redeem(path, token);
    return id == null ? gate.oldTokens().redeem(path, token) : id;
  }

  private static boolean isUpgrade(HttpServletRequest request) {
    String upgrade = request.getHeader("Upgrade");
    return upgrade != null && upgrade.toLowerCase(Locale.ROOT).contains("websocket");
  }

  private static void answer(HttpServletResponse response, int status, @Nullable String text)
      throws IOException {
    response.setStatus(status);
    response.setContentType("text/plain");
    byte[] body = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
