package io.sharedredis.webspa.ordering;

import io.sharedredis.webspa.login.Buyer;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Checkout stands below the basket, where clients of the original look for it. */
@RestController
class CheckoutController {

  private final Orders orders;

  CheckoutController(Orders orders) {
    this.orders = orders;
  }

  @PostMapping("/api/v1/basket/checkout")
  ResponseEntity<Map<String, Integer>> checkout(
      @RequestHeader(name = "x-requestid", required = false) @Nullable String requestId,
      @RequestBody Checkout checkout,
      Buyer buyer) {
    int order = orders.place(buyer, RequestIds.parse(requestId), checkout);
    return ResponseEntity.accepted()
        .location(URI.create("/api/v1/orders/" + order))
        .body(Map.of("orderNumber", order));
  }
}
