package io.sharedredis.azure.spring;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Key Vault for the key ring.
 *
 * @param key identifier of the RSA key that wraps new master keys, {@code
 *     https://NAME.vault.azure.net/keys/KEY}; without a version its current one
 * @param allowedKeys other vaults, keys or versions that stored keys may name; all others are
 *     refused without a call
 * @param entrySecret identifier of the secret that authenticates the entries of the ring, {@code
 *     https://NAME.vault.azure.net/secrets/SECRET}; its value is the base64 text of at least 32
 *     random bytes
 * @param deadline longest wait for one call, token and retries included
 * @param retryPause how long a call that failed because the vault is away is not made again
 */
@ConfigurationProperties("shared-redis.data-protection.key-vault")
public record KeyVaultProperties(
    @Nullable String key,
    @DefaultValue List<String> allowedKeys,
    @Nullable String entrySecret,
    @DefaultValue("5s") Duration deadline,
    @DefaultValue("5s") Duration retryPause) {

  static final String PREFIX = "shared-redis.data-protection.key-vault";

  boolean isUsed() {
    return key != null || entrySecret != null || !allowedKeys.isEmpty();
  }
}
