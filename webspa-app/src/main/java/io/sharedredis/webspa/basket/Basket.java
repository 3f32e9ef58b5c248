package io.sharedredis.webspa.basket;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that one buyer means to buy. Stored in Redis as this JSON.
 *
 * @param buyerId subject of the owner
 * @param version changes with every change and never comes back; null when nothing is stored. A
 *     client that sends the version it read is told (409) when the basket has changed since
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Basket(String buyerId, List<BasketItem> items, @Nullable String version) {

  static Basket empty(String buyerId) {
    return new Basket(buyerId, List.of(), null);
  }
}
