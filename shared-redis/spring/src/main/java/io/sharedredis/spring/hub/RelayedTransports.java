package io.sharedredis.spring.hub;

import io.sharedredis.lettuce.hub.ClaimedConnection;
import io.sharedredis.lettuce.relay.Relay;
import io.sharedredis.lettuce.relay.RelayCall;
import io.sharedredis.lettuce.relay.RelayKind;
import io.sharedredis.lettuce.relay.RelayRequest;
import io.sharedredis.lettuce.relay.TokenProof;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Requests that land here and belong to a connection of another replica. */
final class RelayedTransports {

  private static final byte[] NOTHING = {};

  /** Longest wait for an answer that the owner gives at once; that it is dead is known in 2 s. */
  private static final long PROMPT_SECONDS = 4;

  /** Longest wait for a connection that comes here: its owner may await running calls for 3 s. */
  private static final long MOVING_SECONDS = 9;

  /** Longest wait for what such a connection takes along, which its owner has at hand. */
  private static final long TAKING_SECONDS = 6;

  /** Before an owner that could not be reached is asked again: 100 ms. */
  private static final long ASK_AGAIN_NANOS = 100_000_000;

  /** Longer than the owner lets a POST wait for a busy application. */
  private static final long BUSY_SECONDS = 40;

  /** The owner ends polls; this is for an owner that does not. */
  private static final Duration POLL_GRACE = Duration.ofSeconds(5);

  private final Relay relay;
  private final HubGate gate;
  private final EndpointOptions options;

  RelayedTransports(Relay relay, HubGate gate, EndpointOptions options) {
    this.relay = relay;
    this.gate = gate;
    this.options = options;
  }

  /**
   * Asks the owner whether the transport may be opened here; waits for the answer.
   *
   * @param exchange names it, in case the connection comes here from there
   * @param patient whether to ask again when the owner could not be reached in time, because the
   *     client has no other try
   */
  PollAnswer open(
      Found.There there,
      String token,
      RelayKind kind,
      String exchange,
      boolean patient,
      HttpServletRequest request) {
    RelayRequest asked = asked(there, token, kind, request);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOVING_SECONDS);
    byte[] name = exchange.getBytes(StandardCharsets.US_ASCII);
    PollAnswer said = ask(there, asked, name, MOVING_SECONDS);
    // What was not answered in time has not been done, and never will be.
    while (patient && said.status() == 503 && deadline - System.nanoTime() > 0) {
      LockSupport.parkNanos(ASK_AGAIN_NANOS);
      said = ask(there, asked, name, MOVING_SECONDS);
    }
    return said;
  }

  /** Asks the owner for what a connection takes along that it has offered; waits for it. */
  PollAnswer take(Found.There there, String token, String handover, HttpServletRequest request) {
    byte[] id = handover.getBytes(StandardCharsets.UTF_8);
    return ask(there, asked(there, token, RelayKind.TAKE, request), id, TAKING_SECONDS);
  }

  private PollAnswer ask(Found.There there, RelayRequest asked, byte[] piece, long seconds) {
    RelayedBody answer = new RelayedBody();
    RelayCall call = relay.ask(there.owner(), asked, piece, true, answer);
    PollAnswer said = answer.await(seconds);
    if (call != null) {
      call.cancel();
    }
    return said;
  }

  void poll(
      Found.There there, String token, HttpServletRequest request, HttpServletResponse response) {
    send(
        there,
        token,
        RelayKind.POLL,
        NOTHING,
        options.pollTimeout().plus(POLL_GRACE),
        request,
        response);
  }

  void delete(
      Found.There there, String token, HttpServletRequest request, HttpServletResponse response) {
    Duration prompt = Duration.ofSeconds(PROMPT_SECONDS);
    send(there, token, RelayKind.DELETE, NOTHING, prompt, request, response);
  }

  void post(
      Found.There there, String token, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (RequestTransports.tooLarge(request, response)) {
      return;
    }
    ServletInputStream in = request.getInputStream();
    byte[] first = in.readNBytes(Relay.PIECE);
    if (first.length < Relay.PIECE) {
      Duration busy = Duration.ofSeconds(BUSY_SECONDS);
      send(there, token, RelayKind.POST, first, busy, request, response);
    } else {
      HttpAnswers.answer(response, pieces(there, token, first, in, request));
    }
  }

  // A body of many pieces is read by the request's own thread, as fast as the owner takes it.
  private PollAnswer pieces(
      Found.There there,
      String token,
      byte[] first,
      ServletInputStream in,
      HttpServletRequest request)
      throws IOException {
    RelayedBody answer = new RelayedBody();
    RelayCall call =
        relay.ask(
            there.owner(), asked(there, token, RelayKind.POST, request), first, false, answer);
    if (call == null) {
      return answer.await(0);
    }
    long total = first.length;
    boolean whole = false;
    try {
      while (!whole && answer.awaitRoom(BUSY_SECONDS)) {
        byte[] piece = in.readNBytes(Relay.PIECE);
        total += piece.length;
        if (total > RequestTransports.LARGEST_POST) {
          return new PollAnswer(400, "text/plain", NOTHING);
        }
        whole = piece.length < Relay.PIECE;
        call.more(piece, whole);
      }
      return answer.await(whole ? BUSY_SECONDS : 0);
    } finally {
      // Does nothing when the answer is here.
      call.cancel();
    }
  }

  private void send(
      Found.There there,
      String token,
      RelayKind kind,
      byte[] body,
      Duration deadline,
      HttpServletRequest request,
      HttpServletResponse response) {
    RelayRequest asked = asked(there, token, kind, request);
    AsyncContext context = request.startAsync(request, response);
    context.setTimeout(deadline.toMillis());
    RelayedResponse answer = new RelayedResponse(context, () -> gate.claims().forget(token));
    context.addListener(answer);
    answer.of(relay.ask(there.owner(), asked, Arrays.copyOf(body, body.length), true, answer));
  }

  private static RelayRequest asked(
      Found.There there, String token, RelayKind kind, HttpServletRequest request) {
    ClaimedConnection connection = there.connection();
    return new RelayRequest(
        kind,
        connection.connectionId(),
        connection.version(),
        connection.hubPath(),
        HubRequests.user(request),
        TokenProof.of(token));
  }
}
