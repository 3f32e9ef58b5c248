package io.sharedredis.webspa.ordering;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.sharedredis.webspa.basket.Baskets;
import io.sharedredis.webspa.login.Buyer;
import io.sharedredis.webspa.web.ShopProblem;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The caller's orders, and nobody else's. */
@RestController
@RequestMapping("/api/v1/orders")
class OrdersController {

  private final Orders orders;
  private final OrderQueries queries;
  private final Baskets baskets;

  OrdersController(Orders orders, OrderQueries queries, Baskets baskets) {
    this.orders = orders;
    this.queries = queries;
    this.baskets = baskets;
  }

  /** Body of cancel and ship. */
  record OrderCommand(@Nullable Integer orderNumber) {

    int checkedNumber() {
      if (orderNumber == null) {
        throw ShopProblem.badInput("orderNumber", "orderNumber is missing");
      }
      return orderNumber;
    }
  }

  /** An order that is not placed yet. */
  record Draft(@JsonProperty("orderitems") List<OrderLine> lines, BigDecimal total) {}

  @GetMapping
  List<OrderSummary> mine(Buyer buyer) {
    return queries.of(buyer.id());
  }

  @GetMapping("/{id:\\d+}")
  OrderDetails byNumber(@PathVariable int id, Buyer buyer) {
    return queries.find(buyer.id(), id).orElseThrow(() -> Orders.unknown(id));
  }

  @GetMapping("/{id:\\d+}/history")
  List<OrderHistoryEntry> history(@PathVariable int id, Buyer buyer) {
    return queries.history(buyer.id(), id).orElseThrow(() -> Orders.unknown(id));
  }

  @GetMapping("/cardtypes")
  List<CardType> cardTypes() {
    return CardType.ALL;
  }

  @PostMapping("/draft")
  Draft draft(Buyer buyer) {
    List<OrderLine> lines = Orders.lines(baskets.of(buyer.id()));
    return new Draft(lines, OrderLine.total(lines));
  }

  @PutMapping("/cancel")
  void cancel(
      @RequestHeader(name = "x-requestid", required = false) @Nullable String requestId,
      @RequestBody OrderCommand command,
      Buyer buyer) {
    orders.cancel(buyer, RequestIds.parse(requestId), command.checkedNumber());
  }

  @PutMapping("/ship")
  void ship(
      @RequestHeader(name = "x-requestid", required = false) @Nullable String requestId,
      @RequestBody OrderCommand command,
      Buyer buyer) {
    orders.ship(buyer, RequestIds.parse(requestId), command.checkedNumber());
  }
}
