package io.sharedredis.webspa.basket;

import io.sharedredis.webspa.redis.LuaScript;
import io.sharedredis.webspa.redis.ShopRedis;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * Baskets in Redis: one string a buyer, {@code shared-redis:shop:basket:{<subject>}}, JSON of
 * {@link Basket}, gone after 30 days without a change.
 */
@Repository
class BasketStore {

  /** Long enough for a buyer who comes back after holidays; short enough to be no archive. */
  static final Duration TIME_TO_LIVE = Duration.ofDays(30);

  private static final LuaScript SAVE = LuaScript.load("basket-save");
  private static final LuaScript DROP = LuaScript.load("basket-drop");
  private static final String ANY_VERSION = "*";

  private final ShopRedis redis;
  private final JsonMapper json;

  BasketStore(ShopRedis redis, JsonMapper json) {
    this.redis = redis;
    this.json = json;
  }

  Optional<Basket> find(String buyerId) {
    String stored = redis.ask(commands -> commands.get(key(buyerId)));
    return Optional.ofNullable(stored).map(text -> json.readValue(text, Basket.class));
  }

  /**
   * Stores a basket under its new version if the stored one has the expected version.
   *
   * @param expected version that was read, empty for "there was none", null for whatever is there
   */
  boolean save(Basket basket, @Nullable String expected) {
    return redis.run(
            SAVE,
            key(basket.buyerId()),
            expected == null ? ANY_VERSION : expected,
            json.writeValueAsString(basket),
            String.valueOf(TIME_TO_LIVE.toSeconds()))
        == 1;
  }

  /** Removes the basket if it still has this version. */
  boolean drop(String buyerId, String version) {
    return redis.run(DROP, key(buyerId), version) == 1;
  }

  void delete(String buyerId) {
    redis.ask(commands -> commands.del(key(buyerId)));
  }

  static String key(String buyerId) {
    return "shared-redis:shop:basket:{" + buyerId + "}";
  }
}
