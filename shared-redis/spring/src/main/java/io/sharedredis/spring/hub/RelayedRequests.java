package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.hub.server.HubMeters;
import io.sharedredis.hub.server.ServerConnection;
import io.sharedredis.lettuce.hub.ClaimedConnection;
import io.sharedredis.lettuce.relay.RelayRequest;
import io.sharedredis.lettuce.relay.RelayServer;
import io.sharedredis.lettuce.relay.RelayedCall;
import io.sharedredis.lettuce.relay.TokenProof;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for connections of this replica that landed at another one, as {@link
 * HubHttpHandler} would here. Only the opening of a transport stays where it lands: there is the
 * user's own request, which no message could carry. Whoever does not prove to have the connection's
 * token is told that there is no such connection.
 */
public final class RelayedRequests implements RelayServer {

  /** To the opening of a transport: it is yours, here is what was posted before. */
  static final int HANDED_OVER = 200;

  /** To the opening of polling: it is open here, relay the polls. */
  static final int POLL_HERE = 202;

  private final Claims claims;
  private final Function<String, Duration> pollTimeouts;
  private final HubMeters meters;
  private final @Nullable Departures departures;

  /**
   * @param pollTimeouts longest wait of a poll that finds nothing, by the hub's path
   * @param meters count requests that came without the connection's token
   * @param handovers what connections need to go on at another replica; null where they cannot
   */
  public RelayedRequests(
      Claims claims,
      Function<String, Duration> pollTimeouts,
      HubMeters meters,
      @Nullable Handovers handovers) {
    this.departures =
        handovers == null ? null : new Departures(handovers, claims, new ConnectionIds());
    this.meters = meters;
    this.claims = claims;
    this.pollTimeouts = pollTimeouts;
  }

  @Override
  public void asked(RelayedCall call) {
    RelayRequest request = call.request();
    Claim claim =
        request.version() == 0 || request.version() == 1
            ? claims.claimed(
                new ClaimedConnection(request.connectionId(), request.version(), request.hubPath()))
            : null;
    if (claim == null) {
      refuseUnknown(call);
      return;
    }
    if (!TokenProof.of(claim.token()).equals(request.proof())) {
      // Public names of connections stand in Redis: who may publish there knows them, and no token.
      meters.relayRefused();
      refuseUnknown(call);
      return;
    }
    switch (request.kind()) {
      case OPEN_WEB_SOCKETS -> openWebSocket(call, claim);
      case OPEN_EVENTS -> open(call, claim, "ServerSentEvents");
      case OPEN_POLLING -> open(call, claim, "LongPolling");
      case POLL -> poll(call, claim);
      case POST -> post(call, claim);
      case DELETE -> delete(call, claim);
      case TAKE -> take(call, claim);
    }
  }

  private void openWebSocket(RelayedCall call, Claim claim) {
    ServerConnection returning = claim.awaitingReturn();
    if (returning != null && !claim.mayReturn(call.request().user())) {
      refuseUnknown(call);
    } else if (departures != null && returning != null) {
      departures.offer(call, claim, returning);
    } else {
      open(call, claim, "WebSockets");
    }
  }

  private void take(RelayedCall call, Claim claim) {
    if (departures == null) {
      refuseUnknown(call);
    } else {
      departures.give(call, claim);
    }
  }

  private static void open(RelayedCall call, Claim claim, String wanted) {
    byte[] posted = claim.giveUp();
    String current = claim.transport();
    if (posted != null) {
      call.reply(HANDED_OVER, null, posted);
    } else if (!wanted.equals(current)) {
      refuse(call, 400, "Cannot change transports mid-connection");
    } else if (wanted.equals("LongPolling")) {
      call.reply(POLL_HERE, null, null);
    } else {
      call.reply(409, "text/plain", null);
    }
  }

  private void poll(RelayedCall call, Claim claim) {
    if (claim.requests() instanceof LongPollingTransport transport) {
      claim.usedBy(call.request().user());
      Duration longest = pollTimeouts.apply(claim.hubPath());
      RelayedPoll poll = new RelayedPoll(call, claims.now() + longest.toNanos());
      call.onCancel(
          () -> {
            boolean unused = transport.stopWaiting(poll);
          });
      call.onHurry(
          () -> {
            if (transport.stopWaiting(poll)) {
              poll.answer(PollAnswer.nothing());
            }
          });
      transport.poll(poll);
    } else {
      refuseUnknown(call);
    }
  }

  private void post(RelayedCall call, Claim claim) {
    if ("WebSockets".equals(claim.transport())) {
      refuse(call, 405, "POST requests are not allowed for WebSocket connections.");
      return;
    }
    claim.usedBy(call.request().user());
    new RelayedPost(call, claim, claims).begin();
  }

  private static void delete(RelayedCall call, Claim claim) {
    if (claim.requests() instanceof LongPollingTransport transport) {
      call.reply(202, "text/plain", null);
      transport.delete();
    } else {
      refuse(call, 400, "Cannot terminate this connection using the DELETE endpoint.");
    }
  }

  private static void refuseUnknown(RelayedCall call) {
    refuse(call, 404, "No Connection with that ID");
  }

  private static void refuse(RelayedCall call, int status, String why) {
    call.reply(status, "text/plain", why.getBytes(StandardCharsets.UTF_8));
  }
}
