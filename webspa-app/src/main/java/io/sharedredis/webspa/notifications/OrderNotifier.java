package io.sharedredis.webspa.notifications;

import io.sharedredis.hub.HubContext;
import io.sharedredis.webspa.events.NotNowException;
import io.sharedredis.webspa.events.OrderStatusChanged;
import io.sharedredis.webspa.events.OrderStatusListener;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * One handler for all six statuses: whichever replica consumed the event sends it to the buyer's
 * group, and the backplane takes it to the replica that holds the buyer's connections.
 */
@Component
@Order(OrderNotifier.LAST)
class OrderNotifier implements OrderStatusListener {

  /** Longest wait for the backplane to take a message over. */
  static final Duration DEADLINE = Duration.ofSeconds(2);

  /** Nobody is told before everything else about the event has worked. */
  static final int LAST = 1000;

  private final HubContext<NotificationsHub, NotificationsClient> hub;

  OrderNotifier(HubContext<NotificationsHub, NotificationsClient> hub) {
    this.hub = hub;
  }

  @Override
  public void orderStatusChanged(OrderStatusChanged event) {
    try {
      hub.clients()
          .group(event.buyerName())
          .updatedOrderState(new OrderState(event.orderId(), event.status()))
          .toCompletableFuture()
          .get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new NotNowException("the hub's backplane did not take the message", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotNowException("interrupted while telling the buyer", e);
    }
  }
}
