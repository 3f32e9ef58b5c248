package io.sharedredis.webspa.basket;

import io.sharedredis.webspa.login.Buyer;
import io.sharedredis.webspa.web.ShopProblem;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The caller's basket, and nobody else's. */
@RestController
@RequestMapping("/api/v1/basket")
class BasketController {

  private final Baskets baskets;

  BasketController(Baskets baskets) {
    this.baskets = baskets;
  }

  @GetMapping
  Basket mine(Buyer buyer) {
    return baskets.of(buyer.id());
  }

  @GetMapping("/{id}")
  Basket byId(@PathVariable String id, Buyer buyer) {
    ownerOnly(id, buyer);
    return baskets.of(buyer.id());
  }

  @PostMapping
  Basket replace(@RequestBody PostedBasket posted, Buyer buyer) {
    return baskets.replace(buyer.id(), posted);
  }

  @DeleteMapping
  void deleteMine(Buyer buyer) {
    baskets.delete(buyer.id());
  }

  @DeleteMapping("/{id}")
  void delete(@PathVariable String id, Buyer buyer) {
    ownerOnly(id, buyer);
    baskets.delete(buyer.id());
  }

  private static void ownerOnly(String id, Buyer buyer) {
    if (!id.equals(buyer.id())) {
      throw ShopProblem.refused(HttpStatus.FORBIDDEN, "this is not your basket");
    }
  }
}
