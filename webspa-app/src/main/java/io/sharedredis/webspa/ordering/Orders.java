package io.sharedredis.webspa.ordering;

import io.sharedredis.webspa.basket.Basket;
import io.sharedredis.webspa.basket.BasketItem;
import io.sharedredis.webspa.basket.Baskets;
import io.sharedredis.webspa.login.Buyer;
import io.sharedredis.webspa.web.ShopProblem;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** What a buyer can do with orders: place, cancel, ship. Each is done once per request id. */
@Service
class Orders {

  private static final Logger log = LoggerFactory.getLogger(Orders.class);

  private final OrderLife life;
  private final OrderTable table;
  private final RequestIds requests;
  private final Baskets baskets;
  private final TransactionTemplate transaction;
  private final OrderingProperties properties;
  private final InstantSource clock;

  Orders(
      OrderLife life,
      OrderTable table,
      RequestIds requests,
      Baskets baskets,
      TransactionTemplate transaction,
      OrderingProperties properties,
      InstantSource clock) {
    this.life = life;
    this.table = table;
    this.requests = requests;
    this.baskets = baskets;
    this.transaction = transaction;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Turns the buyer's basket into an order, once: a second request for the same basket, from
   * another window, is answered with the order of the first.
   *
   * @return the order's number, the same for every repetition of the request
   */
  int place(Buyer buyer, UUID requestId, Checkout checkout) {
    Optional<Integer> before = requests.orderOf(buyer.id(), requestId, "checkout");
    if (before.isPresent()) {
      return before.get();
    }
    Instant now = clock.instant();
    Address address = checkout.address();
    PaymentCard card = checkout.card(now);
    Basket basket = baskets.of(buyer.id());
    List<OrderLine> lines = lines(basket);
    if (lines.isEmpty()) {
      return requests
          .orderOf(buyer.id(), requestId, "checkout")
          .orElseThrow(() -> ShopProblem.badInput("basket", "your basket is empty"));
    }
    String version = Objects.requireNonNull(basket.version());
    Optional<Integer> order =
        transaction.execute(
            status -> {
              Optional<Integer> made =
                  table.insert(
                      buyer,
                      version,
                      address,
                      card,
                      lines,
                      "Waiting for the end of the grace period.",
                      now,
                      now.plus(properties.gracePeriod()));
              int id = made.or(() -> table.ofBasket(buyer, version)).orElseThrow();
              if (!requests.note(buyer.id(), requestId, "checkout", id)) {
                status.setRollbackOnly();
                return Optional.<Integer>empty();
              }
              if (made.isPresent()) {
                life.submitted(id, buyer, version);
              }
              return Optional.of(id);
            });
    if (order == null || order.isEmpty()) {
      return requests.orderOf(buyer.id(), requestId, "checkout").orElseThrow();
    }
    emptyBasket(buyer, version);
    return order.get();
  }

  /** What fails here is done by whoever consumes the event of the new order. */
  private void emptyBasket(Buyer buyer, String version) {
    try {
      baskets.ordered(buyer.id(), version);
    } catch (RuntimeException e) {
      log.warn("The ordered basket is still there for now: {}", e.toString());
    }
  }

  void cancel(Buyer buyer, UUID requestId, int orderId) {
    change(buyer, requestId, "cancel", orderId, OrderStatus.CANCELLED, "Cancelled by the buyer.");
  }

  void ship(Buyer buyer, UUID requestId, int orderId) {
    change(buyer, requestId, "ship", orderId, OrderStatus.SHIPPED, "Shipped.");
  }

  private void change(
      Buyer buyer, UUID requestId, String verb, int orderId, OrderStatus to, String description) {
    String command = verb + " " + orderId;
    transaction.executeWithoutResult(
        status -> {
          Order order =
              table
                  .lock(orderId)
                  .filter(found -> found.buyerId().equals(buyer.id()))
                  .orElseThrow(() -> unknown(orderId));
          if (requests.orderOf(buyer.id(), requestId, command).isPresent()) {
            return;
          }
          if (!order.status().leadsTo(to)) {
            throw ShopProblem.refused(
                HttpStatus.BAD_REQUEST,
                "order %d is %s: it cannot be %s any more"
                    .formatted(orderId, order.status().wireName(), to.wireName()));
          }
          if (!requests.note(buyer.id(), requestId, command, orderId)) {
            throw ShopProblem.badInput("x-requestid", "x-requestid was used for another request");
          }
          life.change(order, to, description);
        });
  }

  /** Says the same of somebody else's order: its existence is none of the caller's business. */
  static ShopProblem unknown(int orderId) {
    return ShopProblem.notFound("you have no order " + orderId);
  }

  static List<OrderLine> lines(Basket basket) {
    return basket.items().stream().map(Orders::line).toList();
  }

  private static OrderLine line(BasketItem item) {
    return new OrderLine(
        item.productId(),
        Objects.requireNonNullElse(item.productName(), ""),
        item.quantity(),
        Objects.requireNonNullElse(item.unitPrice(), BigDecimal.ZERO),
        Objects.requireNonNullElse(item.pictureUrl(), ""));
  }
}
