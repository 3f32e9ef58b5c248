package io.sharedredis.webspa.ordering;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Where an order stands; the names on the wire are those of eShopOnContainers, in lower case. */
enum OrderStatus {
  SUBMITTED,
  AWAITINGVALIDATION,
  STOCKCONFIRMED,
  PAID,
  SHIPPED,
  CANCELLED;

  private static final Map<OrderStatus, Set<OrderStatus>> NEXT =
      Map.of(
          SUBMITTED, Set.of(AWAITINGVALIDATION, CANCELLED),
          AWAITINGVALIDATION, Set.of(STOCKCONFIRMED, CANCELLED),
          STOCKCONFIRMED, Set.of(PAID, CANCELLED),
          PAID, Set.of(SHIPPED),
          SHIPPED, Set.of(),
          CANCELLED, Set.of());

  /** Whether an order may go from this status to the other. */
  boolean leadsTo(OrderStatus other) {
    return NEXT.getOrDefault(this, Set.of()).contains(other);
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static OrderStatus ofWireName(String wireName) {
    return Arrays.stream(values())
        .filter(status -> status.wireName().equals(wireName))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("unknown order status " + wireName));
  }
}
