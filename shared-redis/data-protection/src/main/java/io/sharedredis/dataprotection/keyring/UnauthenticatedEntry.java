package io.sharedredis.dataprotection.keyring;

import java.util.Optional;
import java.util.UUID;

/**
 * An element of the store that has no genuine tag: made before entries were authenticated, by a
 * replica of ASP.NET Core, or by somebody who must not be trusted. A person decides which.
 *
 * @param kind what it is
 * @param keyId the key it is or revokes; empty for a mass revocation and what cannot be read
 * @param fingerprint SHA-256 of its text in hexadecimal: what is approved is this text and no other
 */
public record UnauthenticatedEntry(Kind kind, Optional<UUID> keyId, String fingerprint) {
  /** What an element is. */
  public enum Kind {
    /** A key: refused until it is approved. */
    KEY,
    /** A revocation, of one key or of many: obeyed all the same. */
    REVOCATION,
    /** Anything else: passed over. */
    OTHER
  }
}
