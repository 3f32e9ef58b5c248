package io.sharedredis.webspa.notifications;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.starter.Farm;
import java.util.concurrent.TimeUnit;

/**
 * Tells buyers of their orders, and lets them call nothing. Each connection joins the group named
 * after its user's login name; who may connect at all is decided by the scope {@code
 * orders.signalrhub}.
 */
@HubEndpoint("/hub/notificationhub")
class NotificationsHub extends Hub<NotificationsClient> {

  private final Farm farm;

  NotificationsHub(Farm farm) {
    this.farm = farm;
  }

  /** A connection counts only once the group reaches it: what is sent from then on arrives. */
  @Override
  protected void onConnected() throws Exception {
    String connection = context().connectionId();
    groups()
        .add(connection, context().requireUser().getName())
        .toCompletableFuture()
        .get(OrderNotifier.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    clients().caller().connected(new HubConnected(farm.replicaName(), connection));
  }
}
