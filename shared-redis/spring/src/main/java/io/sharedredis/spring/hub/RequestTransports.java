package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.server.HubServer;
import io.sharedredis.hub.server.ServerConnection;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Event streams, polls, posts and deletes of one hub. */
final class RequestTransports {

  /**
   * Bytes of a POST handed over at a time, as in ASP.NET Core, so that a busy application is
   * noticed early.
   */
  private static final int PIECE = 4 * 1024;

  /**
   * Largest POST; Kestrel's limit. Its bytes are handed on piece by piece and never held as a
   * whole.
   */
  private static final int LARGEST_POST = 30_000_000;

  private final HubServer server;
  private final HubGate gate;

  RequestTransports(HubServer server, HubGate gate) {
    this.server = server;
    this.gate = gate;
  }

  void events(Claim claim, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/event-stream");
    response.setHeader("Cache-Control", "no-cache,no-store");
    response.setHeader("Pragma", "no-cache");
    response.setHeader("Content-Encoding", "identity");
    response.setHeader("X-Accel-Buffering", "no");
    HubRequest snapshot = HubRequests.snapshot(request);
    AsyncContext async = request.startAsync(request, response);
    async.setTimeout(0);
    response.getOutputStream().write(":\r\n".getBytes(StandardCharsets.US_ASCII));
    response.flushBuffer();
    ServerSentEventsTransport transport =
        new ServerSentEventsTransport(claim, async, gate.executor());
    async.addListener(transport);
    transport.connect(server.open(claim.connectionId(), snapshot, transport));
    claim.attach(transport);
  }

  void poll(Claim claim, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (claim.open("LongPolling")) {
      LongPollingTransport opened =
          new LongPollingTransport(claim, gate.executor(), gate.claims()::now);
      ServerConnection connection =
          server.open(claim.connectionId(), HubRequests.snapshot(request), opened);
      opened.connect(connection);
      claim.attach(opened);
      HttpAnswers.write(response, 200, "application/octet-stream", null);
    } else if (claim.requests() instanceof LongPollingTransport transport) {
      AsyncContext async = request.startAsync(request, response);
      async.setTimeout(gate.pollTimeout().toMillis());
      transport.poll(async);
    } else {
      HttpAnswers.text(response, 404, "No Connection with that ID");
    }
  }

  void post(Claim claim, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if ("WebSockets".equals(claim.transport())) {
      HttpAnswers.text(response, 405, "POST requests are not allowed for WebSocket connections.");
      return;
    }
    if (request.getContentLengthLong() > LARGEST_POST) {
      response.setHeader("Connection", "close");
      HttpAnswers.text(response, 400, null);
      return;
    }
    int status;
    claim.posting().lock();
    try {
      status = copy(claim, request.getInputStream());
    } finally {
      claim.posting().unlock();
    }
    HttpAnswers.text(response, status, null);
  }

  private static int copy(Claim claim, ServletInputStream in) throws IOException {
    byte[] piece = new byte[PIECE];
    int total = 0;
    int read = in.read(piece);
    while (read >= 0) {
      total += read;
      RequestTransport transport = claim.requests();
      byte[] bytes = Arrays.copyOf(piece, read);
      if (total > LARGEST_POST || transport == null && !claim.keepEarly(bytes)) {
        return 400;
      }
      if (transport != null) {
        transport.received(bytes);
        if (!awaitRoom(transport)) {
          return 503;
        }
      }
      read = in.read(piece);
    }
    return 200;
  }

  private static boolean awaitRoom(RequestTransport transport) {
    try {
      return transport.awaitRoom();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void delete(Claim claim, HttpServletResponse response) throws IOException {
    if (claim.requests() instanceof LongPollingTransport transport) {
      HttpAnswers.text(response, 202, null);
      transport.delete();
    } else {
      HttpAnswers.text(
          response, 400, "Cannot terminate this connection using the DELETE endpoint.");
    }
  }
}
