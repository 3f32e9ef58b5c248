package io.sharedredis.dataprotection.keyring;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one stored item of a key ring is and whether anything is wrong with it. Holds no secret.
 *
 * @param position in the store, from 1
 * @param name file name without extension, or empty where the store keeps none
 * @param kind what the item is
 * @param keyId the key that it is or revokes; null for a mass revocation or if it cannot be read
 * @param key the key with its revocations applied; null if the item is no key that can be read
 * @param encryption how the secret of a key is encrypted at rest: {@link #NOT_ENCRYPTED}, {@link
 *     #CERTIFICATE}, or the full name of the .NET class that decrypts it; null if it is no key
 * @param certificates the certificates named in it: subject and SHA-1 thumbprint
 * @param authenticated whether the entry is genuine for this ring; null if entries are not
 *     authenticated
 * @param severity how bad the finding is
 * @param finding what there is to say, or null for nothing
 */
public record ItemReport(
    int position,
    String name,
    Kind kind,
    @Nullable UUID keyId,
    @Nullable Key key,
    @Nullable String encryption,
    List<String> certificates,
    @Nullable Boolean authenticated,
    Severity severity,
    @Nullable String finding) {
  /** The secret lies readable in the store. */
  public static final String NOT_ENCRYPTED = "none";

  /** The secret is encrypted for the holder of a certificate. */
  public static final String CERTIFICATE = "certificate";

  public ItemReport {
    certificates = List.copyOf(certificates);
  }

  /** What an item is. */
  public enum Kind {
    /** A key. */
    KEY,
    /** A revocation of one key. */
    REVOCATION,
    /** A revocation of all keys created before an instant. */
    MASS_REVOCATION,
    /** An element of another name, which readers pass over. */
    UNKNOWN,
    /** No XML. */
    BROKEN
  }

  /** How bad a finding is. */
  public enum Severity {
    /** Nothing to say. */
    OK,
    /** Worth knowing, nothing wrong. */
    NOTE,
    /** The item cannot be used, or must not be. */
    PROBLEM,
    /** No replica can use the ring while the item is there. */
    FATAL
  }

  ItemReport with(Severity worse, String what) {
    return new ItemReport(
        position,
        name,
        kind,
        keyId,
        key,
        encryption,
        certificates,
        authenticated,
        worse,
        finding == null ? what : finding + "; " + what);
  }

  ItemReport with(Key revoked) {
    return new ItemReport(
        position,
        name,
        kind,
        keyId,
        revoked,
        encryption,
        certificates,
        authenticated,
        severity,
        finding);
  }
}
