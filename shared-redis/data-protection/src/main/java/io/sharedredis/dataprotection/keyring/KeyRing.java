package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** An immutable view of the key ring with its default key, as one read of the store gave it. */
public final class KeyRing {
  private final Map<UUID, Key> keys;
  private final Key defaultKey;
  private final Instant loadedAt;
  private final Instant freshUntil;
  private final RepositorySnapshot source;
  private final long freshUntilMillis;

  KeyRing(
      Collection<Key> keys,
      Key defaultKey,
      Instant loadedAt,
      Instant freshUntil,
      RepositorySnapshot source) {
    Map<UUID, Key> byId = new LinkedHashMap<>();
    keys.forEach(key -> byId.put(key.id(), key));
    this.keys = Collections.unmodifiableMap(byId);
    this.defaultKey = defaultKey;
    this.loadedAt = loadedAt;
    this.freshUntil = freshUntil;
    this.source = source;
    this.freshUntilMillis = freshUntil.toEpochMilli();
  }

  /** All keys in the order of the store. */
  public Collection<Key> keys() {
    return keys.values();
  }

  public Optional<Key> find(UUID id) {
    return Optional.ofNullable(keys.get(id));
  }

  /**
   * The key that protects, unless it is revoked: then nothing can be protected until the ring has
   * another one. After a reset it is revoked and no longer among the {@link #keys()}.
   */
  public Key defaultKey() {
    return defaultKey;
  }

  /** When the store was read. */
  public Instant loadedAt() {
    return loadedAt;
  }

  /** When the store should be read again. */
  public Instant freshUntil() {
    return freshUntil;
  }

  /**
   * Whether {@link #freshUntil()} has passed, in milliseconds: asked by every call of a protector.
   */
  boolean isOldAt(long epochMillis) {
    return epochMillis > freshUntilMillis;
  }

  RepositorySnapshot source() {
    return source;
  }

  /**
   * The same default key, revoked if it is so now, among the keys of a later read, which is what
   * the store is measured against from now on: what is written back after a loss must hold every
   * revocation that was ever seen. Only the version stays the old one, so that the store counts as
   * changed until a ring of it is in use.
   *
   * <p>After a reset nothing of this ring is left: the default key remains as a name only, revoked
   * and not to be found.
   */
  KeyRing withKeys(Collection<Key> others, RepositorySnapshot read) {
    Map<UUID, Key> byId = new LinkedHashMap<>();
    others.forEach(key -> byId.put(key.id(), key));
    Key same = byId.get(defaultKey.id());
    if (same == null) {
      boolean kept = read.permits(source.resetMark()) && keys.containsKey(defaultKey.id());
      same = kept ? defaultKey : defaultKey.withRevoked();
      if (kept) {
        byId.put(same.id(), same);
      }
    }
    RepositorySnapshot seen =
        new RepositorySnapshot(
            read.items(), source.version(), read.resetMark(), read.life(), read.changes());
    return new KeyRing(byId.values(), same, loadedAt, freshUntil, seen);
  }

  KeyRing freshUntil(Instant later) {
    return new KeyRing(keys.values(), defaultKey, loadedAt, later, source);
  }
}
