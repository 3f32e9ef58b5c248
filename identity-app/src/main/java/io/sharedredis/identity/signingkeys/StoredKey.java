package io.sharedredis.identity.signingkeys;

import java.time.Instant;

/**
 * A row of the key table.
 *
 * @param kid the key id, the RFC 7638 thumbprint of the public key
 * @param active whether it may sign; a key that may not is still published
 * @param publicJwk the public key as JSON (RFC 7517)
 * @param privateProtected the whole key as JSON, as a payload of the data-protection ring
 */
record StoredKey(
    String kid, boolean active, String publicJwk, String privateProtected, Instant createdAt) {

  /** Leaves the private half out. */
  @Override
  public String toString() {
    return "StoredKey[kid=%s, active=%s, createdAt=%s]".formatted(kid, active, createdAt);
  }
}
