package io.sharedredis.dataprotection;

/**
 * What unprotecting found.
 *
 * @param plaintext the data
 * @param requiresMigration whether the key is not the default key any more, or is revoked: protect
 *     the data anew
 * @param wasRevoked whether the key is revoked; only with {@link
 *     DataProtector#unprotectIgnoringRevocation}
 */
public record UnprotectResult(byte[] plaintext, boolean requiresMigration, boolean wasRevoked) {
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
