package io.sharedredis.spring.hub;

import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.hub.server.Handover;
import io.sharedredis.hub.server.MovedConnection;
import io.sharedredis.hub.server.NotMoved;
import io.sharedredis.hub.server.ServerConnection;
import io.sharedredis.lettuce.handover.HandoverCodec;
import io.sharedredis.lettuce.handover.Offer;
import io.sharedredis.lettuce.relay.RelayedCall;
import io.sharedredis.spring.hub.HandoverSeal.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections of this replica that go on at another one, where their client has come back. */
final class Departures {
  private static final Logger LOG = LoggerFactory.getLogger(Departures.class);

  /** To the opening of a WebSocket: the connection is yours if you take it. */
  static final int OFFERED = 201;

  /** Longest wait for running calls; the client waits meanwhile. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /**
   * The taker has this long for all of it, more than it takes itself, so that no connection ends
   * here that it still waits for. It takes milliseconds; on a machine that is flooded, seconds.
   */
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final Handovers handovers;
  private final Claims claims;
  private final ConnectionIds ids;
  private final Map<String, Departure> underway = new ConcurrentHashMap<>();

  Departures(Handovers handovers, Claims claims, ConnectionIds ids) {
    this.handovers = handovers;
    this.claims = claims;
    this.ids = ids;
  }

  /** One connection that was offered. */
  private static final class Departure {
    private final Claim claim;
    private final ServerConnection connection;
    private volatile @Nullable MovedConnection moved;

    Departure(Claim claim, ServerConnection connection) {
      this.claim = claim;
      this.connection = connection;
    }

    void cut() {
      moved = connection.handover().depart();
    }
  }

  /** Offers a connection to the replica that asks for it. */
  void offer(RelayedCall call, Claim claim, ServerConnection connection) {
    Handover handover = connection.handover();
    String exchange = new String(call.piece(), StandardCharsets.US_ASCII);
    if (!ConnectionIds.isId(exchange)) {
      refuse(call, handover, NotMoved.OFFER);
      return;
    }
    if (!HandoverCodec.portable(connection.items())) {
      refuse(call, handover, NotMoved.ITEMS);
      return;
    }
    var unused =
        handover
            .leave(PATIENCE)
            .whenComplete(
                (ready, failure) -> {
                  if (failure != null || !ready) {
                    refuse(call, handover, NotMoved.CALLS);
                  } else {
                    offerNow(call, exchange, new Departure(claim, connection));
                  }
                });
  }

  private static void refuse(RelayedCall call, Handover handover, NotMoved why) {
    handover.failed(why);
    call.reply(409, "text/plain", null);
  }

  private void offerNow(RelayedCall call, String exchange, Departure departure) {
    ServerConnection connection = departure.connection;
    String id = ids.next();
    underway.put(id, departure);
    handovers.cuts().expect(id, departure::cut);
    ScheduledFuture<?> unused =
        handovers.timers().schedule(() -> expire(id), LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    Offer offer =
        new Offer(
            id, connection.protocol().name(), connection.userId(), connection.handover().groups());
    byte[] sealed =
        handovers
            .seal()
            .seal(Kind.OFFER, departure.claim.connection(), exchange, HandoverCodec.encode(offer));
    call.reply(OFFERED, null, sealed);
  }

  /** Gives what the connection takes along. */
  void give(RelayedCall call, Claim claim) {
    String id = new String(call.piece(), StandardCharsets.UTF_8);
    Departure departure = underway.get(id);
    if (departure == null || departure.claim != claim || !underway.remove(id, departure)) {
      call.reply(404, "text/plain", null);
      return;
    }
    handovers.cuts().forget(id);
    MovedConnection moved = departure.moved;
    byte[] sealed = moved == null ? null : sealed(claim, id, moved);
    if (sealed == null) {
      notTaken(departure, NotMoved.CHANGED);
      call.reply(404, "text/plain", null);
      return;
    }
    claims.giveUp(claim);
    try {
      call.reply(200, null, sealed);
    } finally {
      // Also where the answer did not leave: a drain would wait for it as long as it may.
      departure.connection.handover().given();
    }
  }

  private byte @Nullable [] sealed(Claim claim, String id, MovedConnection moved) {
    try {
      return handovers
          .seal()
          .seal(Kind.CONNECTION, claim.connection(), id, HandoverCodec.encode(moved));
    } catch (RuntimeException e) {
      LOG.warn("A connection could not be given to another replica", e);
      return null;
    }
  }

  private void expire(String id) {
    Departure departure = underway.remove(id);
    if (departure != null) {
      handovers.cuts().forget(id);
      notTaken(departure, NotMoved.NOT_FETCHED);
    }
  }

  private void notTaken(Departure departure, NotMoved why) {
    Handover handover = departure.connection.handover();
    handover.failed(why);
    if (departure.moved == null) {
      handover.stay();
    } else {
      claims.remove(departure.claim);
      handover.lostOnTheWay();
    }
  }
}
