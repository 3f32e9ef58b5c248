package io.sharedredis.starter.keyring;

import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.keyring.KeyRing;
import io.sharedredis.dataprotection.keyring.KeyState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The ring that one replica works with, as operators see it. Holds no key material.
 *
 * @param replica whose ring it is
 * @param loadedAt when that replica read the store; null: it has no ring yet
 * @param defaultKey the key that protects; null: none yet
 * @param keys in the order of the store
 */
record KeyRingView(
    String replica, @Nullable Instant loadedAt, @Nullable UUID defaultKey, List<KeyView> keys) {

  /**
   * One key.
   *
   * @param state where it stands now
   * @param isDefault whether it is the one that protects
   * @param refusal why the rules of this ring forbid it, or null
   */
  record KeyView(
      UUID id,
      Instant creation,
      Instant activation,
      Instant expiration,
      KeyState state,
      boolean isDefault,
      @Nullable String refusal) {

    static KeyView of(Key key, @Nullable UUID defaultKey, Instant now) {
      return new KeyView(
          key.id(),
          key.creation(),
          key.activation(),
          key.expiration(),
          key.stateAt(now),
          key.id().equals(defaultKey),
          key.refusal());
    }
  }

  static KeyRingView of(String replica, Optional<KeyRing> loaded, Instant now) {
    if (loaded.isEmpty()) {
      return new KeyRingView(replica, null, null, List.of());
    }
    KeyRing ring = loaded.get();
    UUID defaultKey = ring.defaultKey().id();
    return new KeyRingView(
        replica,
        ring.loadedAt(),
        defaultKey,
        ring.keys().stream().map(key -> KeyView.of(key, defaultKey, now)).toList());
  }
}
