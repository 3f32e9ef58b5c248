package io.sharedredis.webspa.basket;

import io.sharedredis.webspa.catalog.Catalog;
import io.sharedredis.webspa.catalog.CatalogItem;
import io.sharedredis.webspa.web.ShopProblem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;

/**
 * Baskets as their owners see them: with today's prices. A price is looked up when a basket is
 * read, so a price change needs no sweep over everybody's baskets.
 */
@Service
public class Baskets {

  private final BasketStore store;
  private final Catalog catalog;

  Baskets(BasketStore store, Catalog catalog) {
    this.store = store;
    this.catalog = catalog;
  }

  /** The buyer's basket, empty if there is none. Products that are no longer sold are left out. */
  public Basket of(String buyerId) {
    return store.find(buyerId).map(this::atTodaysPrices).orElseGet(() -> Basket.empty(buyerId));
  }

  /** Replaces the buyer's basket by the posted one. */
  Basket replace(String buyerId, PostedBasket posted) {
    List<BasketItem> items = posted.checkedItems();
    Map<Integer, CatalogItem> products = products(items);
    List<BasketItem> lines = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      BasketItem item = items.get(i);
      CatalogItem product = products.get(item.productId());
      if (product == null) {
        String field = "items[" + i + "].productId";
        throw ShopProblem.badInput(field, field + " " + item.productId() + " is not sold here");
      }
      String id = item.id() == null ? UUID.randomUUID().toString() : item.id();
      lines.add(line(id, product, product.price(), item.quantity()));
    }
    Basket basket = new Basket(buyerId, lines, UUID.randomUUID().toString());
    if (!store.save(basket, posted.version())) {
      throw ShopProblem.refused(
          HttpStatus.CONFLICT, "the basket has changed since it was read: read it again");
    }
    return basket;
  }

  /** Removes an ordered basket unless its owner has changed it since. Repeatable. */
  public void ordered(String buyerId, String version) {
    store.drop(buyerId, version);
  }

  void delete(String buyerId) {
    store.delete(buyerId);
  }

  private Basket atTodaysPrices(Basket stored) {
    Map<Integer, CatalogItem> products = products(stored.items());
    List<BasketItem> lines = new ArrayList<>();
    for (BasketItem item : stored.items()) {
      CatalogItem product = products.get(item.productId());
      if (product != null) {
        BigDecimal putInAt = item.unitPrice() == null ? product.price() : item.unitPrice();
        lines.add(line(item.id(), product, putInAt, item.quantity()));
      }
    }
    return new Basket(stored.buyerId(), lines, stored.version());
  }

  private Map<Integer, CatalogItem> products(List<BasketItem> items) {
    List<Integer> ids = items.stream().map(BasketItem::productId).distinct().toList();
    return catalog.items(ids).stream()
        .collect(Collectors.toMap(CatalogItem::id, Function.identity()));
  }

  private static BasketItem line(
      @Nullable String id, CatalogItem product, BigDecimal putInAt, int quantity) {
    boolean changed = putInAt.compareTo(product.price()) != 0;
    return new BasketItem(
        id,
        product.id(),
        product.name(),
        product.price(),
        changed ? putInAt : BigDecimal.ZERO,
        quantity,
        product.pictureUri());
  }
}
