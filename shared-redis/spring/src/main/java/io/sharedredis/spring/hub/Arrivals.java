package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.server.HubServer;
import io.sharedredis.hub.server.MovedConnection;
import io.sharedredis.hub.server.ServerConnection;
import io.sharedredis.lettuce.handover.HandoverCodec;
import io.sharedredis.lettuce.handover.Offer;
import io.sharedredis.lettuce.relay.Cuts;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of other replicas that go on at this one, because their client's new socket has come
 * here. Whatever fails on the way, the client begins anew; no message is delivered twice.
 */
final class Arrivals {
  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  /** Longest wait for each step; all but the first take a way to Redis and back. */
  private static final long STEP_SECONDS = 3;

  private static final byte[] NOTHING = {};

  private final Handovers handovers;
  private final Claims claims;
  private final HubServer server;

  Arrivals(Handovers handovers, Claims claims, HubServer server) {
    this.handovers = handovers;
    this.claims = claims;
    this.server = server;
  }

  /**
   * Takes an offered connection.
   *
   * @param sealed the offer
   * @param take asks the owner for what the connection takes along, by the handover's id
   */
  Found take(
      Found.There there,
      String token,
      byte[] sealed,
      HubRequest request,
      java.util.function.Function<String, PollAnswer> take) {
    byte[] opened = handovers.unseal().apply(sealed);
    Offer offer = opened == null ? null : HandoverCodec.offer(opened);
    ServerConnection connection =
        offer == null
            ? null
            : server.arriving(
                there.connection().connectionId(), request, offer.protocol(), offer.userId());
    if (connection == null || offer == null) {
      return new Found.Nowhere();
    }
    Cuts cuts = handovers.cuts();
    MovedConnection moved = null;
    try {
      moved = listen(cuts, there.owner(), offer, connection, () -> take.apply(offer.id()));
    } catch (ExecutionException | TimeoutException e) {
      LOG.info("Connection {} could not be taken over", connection.connectionId(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cuts.forget(offer.id());
      cuts.leave(there.owner());
    }
    if (moved == null) {
      LOG.info(
          "Connection {} did not come here; its client starts anew", connection.connectionId());
      connection.handover().abandon();
      connection.handover().failed();
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
      connection.close(null, true);
    }
    return found;
  }

  private @Nullable MovedConnection listen(
      Cuts cuts, String owner, Offer offer, ServerConnection connection, Supplier<PollAnswer> take)
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
    await(cuts.listen(owner));
    await(connection.handover().arrive(offer.groups()));
    await(cuts.publish(owner, offer.id()));
    await(cut);
    if (epoch < 0 || epoch != cuts.epoch()) {
      LOG.info("Connection {} loses Redis while it comes here", connection.connectionId());
      return null;
    }
    PollAnswer given = take.get();
    if (given.status() != 200) {
      LOG.info(
          "Connection {} is not given: its owner answers {}",
          connection.connectionId(),
          given.status());
    }
    byte[] state = given.status() == 200 ? handovers.unseal().apply(given.body()) : null;
    return state == null ? null : HandoverCodec.moved(state);
  }

  private static void await(CompletionStage<Void> step)
      throws ExecutionException, TimeoutException, InterruptedException {
    Void unused = step.toCompletableFuture().get(STEP_SECONDS, TimeUnit.SECONDS);
  }
}
