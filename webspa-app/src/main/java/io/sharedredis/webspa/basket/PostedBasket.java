package io.sharedredis.webspa.basket;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.sharedredis.webspa.web.ShopProblem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A basket as a client sends it. Whatever buyerId it carries is not read.
 *
 * @param version what the client read; absent: overwrite whatever is there, as the original does
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record PostedBasket(@Nullable List<@Nullable BasketItem> items, @Nullable String version) {

  /** Lines of one basket; the catalogue has 14 items. */
  static final int MAX_LINES = 100;

  /** Pieces of one line. */
  static final int MAX_QUANTITY = 1000;

  /** Characters of a client's line id: a guid is 36. */
  private static final int MAX_ID = 64;

  /** The lines, each with a quantity, an id and a product that can be. */
  List<BasketItem> checkedItems() {
    if (items == null) {
      throw ShopProblem.badInput("items", "items is missing: send a list, empty if need be");
    }
    if (items.size() > MAX_LINES) {
      throw ShopProblem.badInput("items", "a basket has at most " + MAX_LINES + " lines");
    }
    Set<Integer> products = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      String line = "items[" + i + "]";
      BasketItem item = items.get(i);
      if (item == null) {
        throw ShopProblem.badInput(line, line + " is null");
      }
      if (item.quantity() < 1 || item.quantity() > MAX_QUANTITY) {
        String field = line + ".quantity";
        throw ShopProblem.badInput(
            field, field + " must be 1 to " + MAX_QUANTITY + ", but is " + item.quantity());
      }
      if (item.id() != null && item.id().length() > MAX_ID) {
        throw ShopProblem.badInput(line + ".id", line + ".id is longer than " + MAX_ID);
      }
      if (!products.add(item.productId())) {
        String field = line + ".productId";
        throw ShopProblem.badInput(
            field,
            field + " " + item.productId() + " is in the basket already: raise its quantity");
      }
    }
    return List.copyOf(items);
  }
}
