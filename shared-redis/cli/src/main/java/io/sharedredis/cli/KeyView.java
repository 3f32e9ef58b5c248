package io.sharedredis.cli;

import io.sharedredis.dataprotection.keyring.Key;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A key as operators see it: never its secret. */
final class KeyView {
  private KeyView() {}

  /** Members as in {@code docs/cli.md}. */
  static Map<String, @Nullable Object> json(Key key, @Nullable UUID defaultKey, Instant now) {
    Map<String, @Nullable Object> json = Json.object();
    json.put("id", key.id());
    json.put("state", state(key, now));
    json.put("default", key.id().equals(defaultKey));
    json.put("creation", key.creation());
    json.put("activation", key.activation());
    json.put("expiration", key.expiration());
    json.put("revoked", key.isRevoked());
    json.put("usable", key.isUsable());
    json.put("refusal", key.refusal());
    return json;
  }

  /** {@code created}, {@code active}, {@code expired} or {@code revoked}. */
  static String state(Key key, Instant now) {
    return key.stateAt(now).name().toLowerCase(Locale.ROOT);
  }

  static String seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static String note(Key key, @Nullable UUID defaultKey) {
    if (key.refusal() != null) {
      return "refused: " + key.refusal();
    }
    if (!key.isUsable()) {
      return "cannot be opened here";
    }
    return key.id().equals(defaultKey) ? "default key" : "";
  }
}
