package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.server.HubMeters;
import io.sharedredis.hub.server.HubServer;
import io.sharedredis.hub.server.MovedConnection;
import io.sharedredis.hub.server.NotMoved;
import io.sharedredis.hub.server.ServerConnection;
import io.sharedredis.lettuce.handover.HandoverCodec;
import io.sharedredis.lettuce.handover.Offer;
import io.sharedredis.lettuce.hub.ClaimedConnection;
import io.sharedredis.lettuce.relay.Cuts;
import io.sharedredis.spring.hub.HandoverSeal.Kind;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of other replicas that go on at this one, because their client's new socket has come
 * here. Whatever fails on the way, the client begins anew; no message is delivered twice.
 */
final class Arrivals {
  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  /**
   * Longest wait for the steps before the last, each of which takes a way to Redis and back:
   * milliseconds, unless this machine is flooded. The client waits meanwhile, and has no other try.
   */
  private static final long LISTEN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final byte[] NOTHING = {};

  private final Handovers handovers;
  private final Claims claims;
  private final HubServer server;
  private final HubMeters meters;

  /**
   * @param meters count what does not come
   */
  Arrivals(Handovers handovers, Claims claims, HubServer server, HubMeters meters) {
    this.handovers = handovers;
    this.claims = claims;
    this.server = server;
    this.meters = meters;
  }

  /**
   * Takes an offered connection.
   *
   * @param exchange name that this replica has given the exchange
   * @param sealed the offer
   * @param take asks the owner for what the connection takes along, by the handover's id
   */
  Found take(
      Found.There there,
      String token,
      String exchange,
      byte[] sealed,
      HubRequest request,
      Function<String, PollAnswer> take) {
    ClaimedConnection claimed = there.connection();
    byte[] opened = handovers.seal().open(Kind.OFFER, claimed, exchange, sealed);
    Offer offer = opened == null ? null : HandoverCodec.offer(opened);
    ServerConnection connection =
        offer == null
            ? null
            : server.arriving(claimed.connectionId(), request, offer.protocol(), offer.userId());
    if (connection == null || offer == null) {
      meters.notMoved(NotMoved.OFFER);
      return new Found.Nowhere();
    }
    Cuts cuts = handovers.cuts();
    MovedConnection moved = null;
    NotMoved why = NotMoved.NOT_GIVEN;
    try {
      if (listen(cuts, there.owner(), offer, connection)) {
        moved = taken(claimed, offer.id(), take.apply(offer.id()));
      } else {
        why = NotMoved.REDIS_LOST;
      }
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("Connection {} could not be taken over", connection.connectionId(), e);
      why = NotMoved.TOO_SLOW;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cuts.forget(offer.id());
      cuts.leave(there.owner());
    }
    if (moved == null) {
      connection.handover().abandon();
      connection.handover().failed(why);
      return new Found.Nowhere();
    }
    // From here on it is this replica's: should the claim be refused it ends like any other.
    connection.handover().settle(moved);
    Found found = claims.adopt(token, there, NOTHING);
    if (found instanceof Found.Here here) {
      boolean unused = here.claim().open("WebSockets");
      Principal user = request.user();
      here.claim().openedBy(user == null ? null : user.getName());
      here.claim().opened(connection);
    } else {
      connection.handover().failed(NotMoved.CLAIM);
      connection.close(null, true);
    }
    return found;
  }

  /** Listens for the connection from the mark on; false when that may have been missed. */
  private static boolean listen(Cuts cuts, String owner, Offer offer, ServerConnection connection)
      throws ExecutionException, TimeoutException, InterruptedException {
    CompletableFuture<Void> cut = new CompletableFuture<>();
    cuts.expect(
        offer.id(),
        () -> {
          connection.handover().cut();
          cut.complete(null);
        });
    // Subscriptions count as made while Redis is away, and are made anew after a loss.
    long epoch = cuts.epoch();
    long deadline = System.nanoTime() + LISTEN_NANOS;
    await(cuts.listen(owner), deadline);
    await(connection.handover().arrive(offer.groups()), deadline);
    await(cuts.publish(owner, offer.id()), deadline);
    await(cut, deadline);
    return epoch >= 0 && epoch == cuts.epoch();
  }

  private @Nullable MovedConnection taken(ClaimedConnection claimed, String id, PollAnswer given) {
    if (given.status() != 200) {
      return null;
    }
    byte[] state = handovers.seal().open(Kind.CONNECTION, claimed, id, given.body());
    return state == null ? null : HandoverCodec.moved(state);
  }

  private static void await(CompletionStage<Void> step, long deadline)
      throws ExecutionException, TimeoutException, InterruptedException {
    long left = Math.max(0, deadline - System.nanoTime());
    Void unused = step.toCompletableFuture().get(left, TimeUnit.NANOSECONDS);
  }
}
