package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.crypto.KeyMaterial;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One key of a ring, as it was read. Immutable; its secret is opened at first use.
 *
 * <p>Activation and expiration say when a key may become or remain the default key. They do not
 * limit unprotecting: only revocation does.
 */
public final class Key {
  private final UUID id;
  private final Instant creation;
  private final Instant activation;
  private final Instant expiration;
  private final boolean revoked;
  private final @Nullable String refusal;
  private final LazyMaterial material;

  Key(
      UUID id,
      Instant creation,
      Instant activation,
      Instant expiration,
      boolean revoked,
      @Nullable String refusal,
      LazyMaterial material) {
    this.id = id;
    this.creation = creation;
    this.activation = activation;
    this.expiration = expiration;
    this.revoked = revoked;
    this.refusal = refusal;
    this.material = material;
  }

  public UUID id() {
    return id;
  }

  public Instant creation() {
    return creation;
  }

  public Instant activation() {
    return activation;
  }

  public Instant expiration() {
    return expiration;
  }

  public boolean isRevoked() {
    return revoked;
  }

  /**
   * Why the rules of this ring forbid the key (an entry without authentication, a secret that is
   * not encrypted), or null. A refused key is never used and does not count for what is default.
   */
  public @Nullable String refusal() {
    return refusal;
  }

  /** Where the key stands at an instant. */
  public KeyState stateAt(Instant now) {
    if (revoked) {
      return KeyState.REVOKED;
    }
    if (isExpiredAt(now)) {
      return KeyState.EXPIRED;
    }
    return activation.isAfter(now) ? KeyState.CREATED : KeyState.ACTIVE;
  }

  boolean isExpiredAt(Instant now) {
    return !expiration.isAfter(now);
  }

  /**
   * Whether the secret can be opened.
   *
   * @throws io.sharedredis.dataprotection.repository.StoreUnavailableException if that is not known
   *     now
   */
  public boolean isUsable() {
    return refusal == null && material.problem() == null;
  }

  /**
   * The opened secret.
   *
   * @throws DataProtectionException if the key cannot be used
   */
  public KeyMaterial material() {
    if (refusal != null) {
      throw new DataProtectionException("the key is refused: " + refusal);
    }
    return material.get();
  }

  /** Why the key cannot be used, or null. */
  @Nullable String problem() {
    return refusal == null ? material.problem() : refusal;
  }

  Key withRevoked() {
    return new Key(id, creation, activation, expiration, true, refusal, material);
  }

  @Override
  public String toString() {
    return "Key[" + id + (revoked ? ", revoked]" : "]");
  }
}
