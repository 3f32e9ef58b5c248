package io.sharedredis.farmhub;

import io.sharedredis.hub.HubValue;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

record Order(
    int orderId,
    @Nullable String buyerName,
    OrderStatus status,
    @Nullable Item first,
    List<Item> items) {

  record Item(String productName, int units, BigDecimal unitPrice) {}

  enum OrderStatus {
    @HubValue(1)
    Submitted,
    @HubValue(3)
    Paid,
    @HubValue(4)
    Shipped
  }

  static Order sample() {
    return new Order(
        7,
        null,
        OrderStatus.Shipped,
        new Item(".NET mug", 2, new BigDecimal("8.50")),
        List.of(new Item("Prism t-shirt", 1, new BigDecimal("12"))));
  }
}
