package io.sharedredis.webspa.events;

/**
 * Is told of each status an order reaches, in order, on exactly one replica, inside the transaction
 * that marks the event as processed. When it throws, the event comes again, perhaps elsewhere: what
 * it does must be repeatable.
 */
public interface OrderStatusListener {

  void orderStatusChanged(OrderStatusChanged event);
}
