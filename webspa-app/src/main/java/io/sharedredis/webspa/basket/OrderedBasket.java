package io.sharedredis.webspa.basket;

import io.sharedredis.webspa.events.OrderStatusChanged;
import io.sharedredis.webspa.events.OrderStatusListener;
import org.springframework.stereotype.Component;

/**
 * Empties the basket that became an order, if the replica that took the order died before it did.
 */
@Component
class OrderedBasket implements OrderStatusListener {

  private final Baskets baskets;

  OrderedBasket(Baskets baskets) {
    this.baskets = baskets;
  }

  @Override
  public void orderStatusChanged(OrderStatusChanged event) {
    if (event.basketVersion() != null) {
      baskets.ordered(event.buyerId(), event.basketVersion());
    }
  }
}
