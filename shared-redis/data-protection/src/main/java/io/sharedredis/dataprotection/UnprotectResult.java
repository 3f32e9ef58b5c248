package io.sharedredis.dataprotection;

import io.sharedredis.dataprotection.crypto.StrictUtf8;

/**
 * What unprotecting found.
 *
 * @param plaintext the data
 * @param requiresMigration whether the key is not the default key any more, or is revoked: protect
 *     the data anew
 * @param wasRevoked whether the key is revoked; only with {@link
 *     DataProtector#unprotectIgnoringRevocation(byte[])}
 */
public record UnprotectResult(byte[] plaintext, boolean requiresMigration, boolean wasRevoked) {
  /**
   * The data as text.
   *
   * @throws DataProtectionException if it is not UTF-8
   */
  public String text() {
    return StrictUtf8.decode(plaintext, 0, plaintext.length);
  }

  /** Does not show the plaintext. */
  @Override
  public String toString() {
    return "UnprotectResult[requiresMigration="
        + requiresMigration
        + ", wasRevoked="
        + wasRevoked
        + "]";
  }
}
