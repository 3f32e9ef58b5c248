package io.sharedredis.webspa.ordering;

import io.sharedredis.webspa.catalog.Stock;
import io.sharedredis.webspa.events.OrderStatusChanged;
import io.sharedredis.webspa.events.Outbox;
import io.sharedredis.webspa.login.Buyer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The one place where an order changes its status. Whatever the reason, the change, its event and
 * what it does to the stock are one transaction: no status is reached unannounced.
 */
@Component
class OrderLife {

  private final OrderTable table;
  private final Stock stock;
  private final Outbox outbox;
  private final OrderingProperties properties;
  private final InstantSource clock;

  OrderLife(
      OrderTable table,
      Stock stock,
      Outbox outbox,
      OrderingProperties properties,
      InstantSource clock) {
    this.table = table;
    this.stock = stock;
    this.outbox = outbox;
    this.properties = properties;
    this.clock = clock;
  }

  /** Announces a new order. */
  void submitted(int orderId, Buyer buyer, String basketVersion) {
    outbox.add(
        new OrderStatusChanged(
            orderId, OrderStatus.SUBMITTED.wireName(), buyer.id(), buyer.name(), basketVersion));
  }

  /**
   * Takes the next automatic step of the order that has waited longest for it.
   *
   * @return false when there is none to take now
   */
  @Transactional
  public boolean stepOfOneDueOrder() {
    Optional<Order> due = table.lockDue(clock.instant());
    due.ifPresent(this::step);
    return due.isPresent();
  }

  private void step(Order order) {
    switch (order.status()) {
      case SUBMITTED ->
          change(order, OrderStatus.AWAITINGVALIDATION, "Waiting for the stock check.");
      case AWAITINGVALIDATION -> checkStock(order);
      case STOCKCONFIRMED -> pay(order);
      case PAID, SHIPPED, CANCELLED -> table.update(order.id(), order.status(), "", null);
    }
  }

  private void checkStock(Order order) {
    List<Integer> missing = stock.take(table.units(order.id()));
    if (missing.isEmpty()) {
      change(order, OrderStatus.STOCKCONFIRMED, "All items are in stock; payment is under way.");
    } else {
      String products = missing.stream().map(String::valueOf).collect(Collectors.joining(", "));
      change(order, OrderStatus.CANCELLED, "Not enough in stock of product " + products + ".");
    }
  }

  private void pay(Order order) {
    if (properties.paymentSucceeds()) {
      change(order, OrderStatus.PAID, "Paid.");
    } else {
      change(order, OrderStatus.CANCELLED, "The payment was declined.");
    }
  }

  /** Moves a locked order on; the caller has made sure that the guards allow it. */
  void change(Order order, OrderStatus to, String description) {
    if (!order.status().leadsTo(to)) {
      throw new IllegalStateException(
          "order " + order.id() + " cannot go from " + order.status() + " to " + to);
    }
    if (order.status() == OrderStatus.STOCKCONFIRMED && to == OrderStatus.CANCELLED) {
      stock.putBack(table.units(order.id()));
    }
    table.update(order.id(), to, description, dueAfter(to));
    outbox.add(
        new OrderStatusChanged(
            order.id(), to.wireName(), order.buyerId(), order.buyerName(), null));
  }

  private @Nullable Instant dueAfter(OrderStatus status) {
    return switch (status) {
      case AWAITINGVALIDATION, STOCKCONFIRMED -> clock.instant().plus(properties.simulatedWork());
      case SUBMITTED, PAID, SHIPPED, CANCELLED -> null;
    };
  }
}
