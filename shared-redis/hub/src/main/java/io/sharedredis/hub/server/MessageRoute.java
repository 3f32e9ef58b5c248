package io.sharedredis.hub.server;

import io.sharedredis.hub.Reliable;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How messages go to a hub's clients: as they are, or kept until every replica has them.
 *
 * @param always which ones are reliable without being asked to
 * @param asked whether all of this route are
 * @param idempotencyKey names the one message of this route; null for none
 */
record MessageRoute(
    HubLifetime lifetime,
    Predicate<Recipients> always,
    boolean asked,
    @Nullable String idempotencyKey) {

  /** Unit: characters. Room for two UUIDs and words around them; every key is kept in Redis. */
  private static final int LONGEST_KEY = 200;

  /** The route that a hub's class asks for. */
  static MessageRoute of(HubLifetime lifetime, Class<?> hub) {
    Reliable wish = hub.getAnnotation(Reliable.class);
    if (wish != null && !lifetime.sendsReliably()) {
      throw new IllegalArgumentException(
          "hub "
              + hub.getName()
              + " is @Reliable, but reliable messages are switched off; set"
              + " shared-redis.hub.reliable.enabled=true on every replica");
    }
    return new MessageRoute(lifetime, wish == null ? whom -> false : wanted(wish), false, null);
  }

  private static Predicate<Recipients> wanted(Reliable wish) {
    List<String> patterns = List.of(wish.groups());
    if (patterns.isEmpty()) {
      return whom -> !(whom instanceof Recipients.Connections);
    }
    return whom ->
        whom instanceof Recipients.Groups groups
            && groups.names().stream()
                .anyMatch(name -> patterns.stream().anyMatch(pattern -> matches(pattern, name)));
  }

  private static boolean matches(String pattern, String name) {
    return pattern.endsWith("*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }

  MessageRoute reliable() {
    return new MessageRoute(lifetime, always, true, null);
  }

  MessageRoute reliable(String key) {
    if (key.isEmpty() || key.length() > LONGEST_KEY) {
      throw new IllegalArgumentException(
          "an idempotency key must have 1 to "
              + LONGEST_KEY
              + " characters, but has "
              + key.length());
    }
    return new MessageRoute(lifetime, always, true, key);
  }

  CompletionStage<Void> send(Recipients recipients, Invocation message) {
    return asked || always.test(recipients)
        ? lifetime.sendReliably(recipients, message, idempotencyKey)
        : lifetime.send(recipients, message);
  }
}
