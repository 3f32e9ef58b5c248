package io.sharedredis.azure;

import com.azure.core.credential.TokenCredential;
import io.sharedredis.dataprotection.atrest.SecretDecryptor;
import io.sharedredis.dataprotection.atrest.SecretEncryptor;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Key Vault for the master keys of a ring, in the form of {@code ProtectKeysWithAzureKeyVault} of
 * ASP.NET Core: both read what the other wrote. Thread-safe. Making one calls nothing; the vault is
 * asked when a key is made or first used, each time within a deadline.
 *
 * <p>While the vault is away a ring goes on with the keys that it has opened; what it could not
 * open it tries again later. Only a final answer of the vault makes a key count as unreadable.
 */
public final class KeyVault {

  private final KeyVaultOptions options;
  private final KeyWrapping wrapping;

  KeyVault(KeyVaultOptions options, KeyWrapping wrapping) {
    this.options = options;
    this.wrapping = wrapping;
  }

  /**
   * @param credential gives tokens for the vault; {@code DefaultAzureCredential} of azure-identity
   *     where nothing else is wanted
   */
  public static KeyVault connect(
      KeyVaultOptions options, TokenCredential credential, InstantSource clock) {
    return new KeyVault(options, new RemoteKeyWrapping(credential, VaultCalls.of(options, clock)));
  }

  /** What wraps new master keys; none if the options name no key. */
  public Optional<SecretEncryptor> encryptor(SecureRandom random) {
    return options.key().map(key -> new KeyVaultEncryptor(wrapping, key, random));
  }

  /** What opens wrapped master keys, of this ring and of those it took over. */
  public SecretDecryptor decryptor() {
    return new KeyVaultDecryptor(wrapping, options.allowed());
  }
}
