package io.sharedredis.azure;

import io.sharedredis.dataprotection.DataProtectionException;

/**
 * What is asked of Key Vault. Thread-safe; every call ends within its deadline.
 *
 * <p>Fails with {@link io.sharedredis.dataprotection.repository.StoreUnavailableException} if
 * nothing was learned (the vault or the token service is away, slow, throttling, or denies access),
 * and with a plain {@link DataProtectionException} if the vault's answer is final.
 */
interface KeyWrapping {

  /** The version of a key that wraps now: the given one, or the vault's current one. */
  KeyVaultKeyId current(KeyVaultKeyId key);

  /** A content key under a version of a key, RSA-OAEP. */
  byte[] wrap(KeyVaultKeyId version, byte[] contentKey);

  /** The content key that {@link #wrap} was given. */
  byte[] unwrap(KeyVaultKeyId version, byte[] wrapped);
}
