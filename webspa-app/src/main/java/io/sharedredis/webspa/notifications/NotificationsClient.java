package io.sharedredis.webspa.notifications;

import io.sharedredis.hub.ClientMethod;
import java.util.concurrent.CompletionStage;

/** What the hub calls in browsers. */
interface NotificationsClient {

  /** An order of this buyer has reached a status; fails when other replicas could not be told. */
  @ClientMethod("UpdatedOrderState")
  CompletionStage<Void> updatedOrderState(OrderState state);

  /** The first message of each connection. */
  @ClientMethod("Connected")
  void connected(HubConnected where);
}
