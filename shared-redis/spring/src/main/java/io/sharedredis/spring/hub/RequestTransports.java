package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.server.ConnectionServer;
import io.sharedredis.hub.server.TransportListener;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Event streams, polls, posts and deletes of one hub, for connections of this replica. */
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
  static final int LARGEST_POST = 30_000_000;

  /**
   * Longest time a POST waits for its turn and for a busy application; below the minute after which
   * proxies give up.
   */
  private static final long BUSY_SECONDS = 35;

  private final ConnectionServer server;
  private final HubGate gate;
  private final EndpointOptions options;

  RequestTransports(ConnectionServer server, HubGate gate, EndpointOptions options) {
    this.server = server;
    this.gate = gate;
    this.options = options;
  }

  void events(Claim claim, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/event-stream");
    response.setHeader("Cache-Control", "no-cache,no-store");
    response.setHeader("Pragma", "no-cache");
    response.setHeader("Content-Encoding", "identity");
    response.setHeader("X-Accel-Buffering", "no");
    HubRequest snapshot = HubRequests.snapshot(request);
    claim.openedBy(HubRequests.user(request));
    expires(claim, request);
    AsyncContext async = request.startAsync(request, response);
    async.setTimeout(0);
    response.getOutputStream().write(":\r\n".getBytes(StandardCharsets.US_ASCII));
    response.flushBuffer();
    ServerSentEventsTransport transport = new ServerSentEventsTransport(claim, async);
    async.addListener(transport);
    transport.connect(server.open(claim.connectionId(), snapshot, transport, claim.stateful()));
    transport.start();
    claim.attach(transport);
  }

  /** The first poll, which is answered at once. */
  void open(Claim claim, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    LongPollingTransport opened = new LongPollingTransport(claim, gate.claims()::now);
    claim.openedBy(HubRequests.user(request));
    expires(claim, request);
    TransportListener connection =
        server.open(claim.connectionId(), HubRequests.snapshot(request), opened, claim.stateful());
    opened.connect(connection);
    claim.attach(opened);
    HttpAnswers.write(response, 200, "application/octet-stream", null);
  }

  void poll(Claim claim, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (claim.requests() instanceof LongPollingTransport transport) {
      claim.usedBy(HubRequests.user(request));
      expires(claim, request);
      AsyncContext async = request.startAsync(request, response);
      async.setTimeout(options.pollTimeout().toMillis());
      LocalPoll poll = new LocalPoll(async, transport);
      async.addListener(poll);
      transport.poll(poll);
    } else {
      HttpAnswers.text(response, 404, "No Connection with that ID");
    }
  }

  private void expires(Claim claim, HttpServletRequest request) {
    if (options.closeOnAuthenticationExpiration()) {
      gate.expiring().seen(claim.connectionId(), request);
    }
  }

  void post(Claim claim, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if ("WebSockets".equals(claim.transport())) {
      HttpAnswers.text(response, 405, "POST requests are not allowed for WebSocket connections.");
      return;
    }
    if (tooLarge(request, response)) {
      return;
    }
    claim.usedBy(HubRequests.user(request));
    CompletableFuture<Boolean> turn = new CompletableFuture<>();
    claim
        .posting()
        .enter(
            () -> {
              if (!turn.complete(true)) {
                claim.posting().leave();
              }
            });
    // Whoever gives up waiting leaves as soon as the turn comes.
    if (!await(turn) && turn.complete(false)) {
      HttpAnswers.text(response, 503, null);
      return;
    }
    int status;
    try {
      status = copy(claim, request.getInputStream());
    } finally {
      claim.posting().leave();
    }
    HttpAnswers.text(response, status, null);
  }

  /** Refuses what says itself that it is too large; its bytes are not read. */
  static boolean tooLarge(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getContentLengthLong() <= LARGEST_POST) {
      return false;
    }
    response.setHeader("Connection", "close");
    HttpAnswers.text(response, 400, null);
    return true;
  }

  private int copy(Claim claim, ServletInputStream in) throws IOException {
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
        CompletableFuture<Boolean> room = new CompletableFuture<>();
        transport.whenRoom(gate.claims().now(), room::complete);
        if (!await(room)) {
          return 503;
        }
      }
      read = in.read(piece);
    }
    return 200;
  }

  private static boolean await(CompletableFuture<Boolean> future) {
    try {
      return future.get(BUSY_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void delete(Claim claim, HttpServletResponse response) throws IOException {
    if (claim.requests() instanceof LongPollingTransport transport) {
      // First: whoever asks again after the answer is to find nothing.
      transport.delete();
      HttpAnswers.text(response, 202, null);
    } else {
      HttpAnswers.text(
          response, 400, "Cannot terminate this connection using the DELETE endpoint.");
    }
  }
}
