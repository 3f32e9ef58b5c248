package io.sharedredis.azure;

import com.azure.core.credential.TokenCredential;
import io.sharedredis.dataprotection.atrest.SecretDecryptor;
import io.sharedredis.dataprotection.atrest.SecretEncryptor;
import io.sharedredis.dataprotection.keyring.EntryAuthentication;
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
  private final TokenCredential credential;
  private final VaultCalls calls;
  private final KeyWrapping wrapping;

  private KeyVault(KeyVaultOptions options, TokenCredential credential, VaultCalls calls) {
    this.options = options;
    this.credential = credential;
    this.calls = calls;
    this.wrapping = new RemoteKeyWrapping(credential, calls);
  }

  /**
   * @param credential gives tokens for the vault; {@code DefaultAzureCredential} of azure-identity
   *     where nothing else is wanted
   */
  public static KeyVault connect(
      KeyVaultOptions options, TokenCredential credential, InstantSource clock) {
    return new KeyVault(options, credential, VaultCalls.of(options, clock));
  }

  /** What wraps new master keys; none if the options name no key. */
  public Optional<SecretEncryptor> encryptor(SecureRandom random) {
    return options.key().map(key -> new KeyVaultEncryptor(wrapping, key, random));
  }

  /** What opens wrapped master keys, of this ring and of those it took over. */
  public SecretDecryptor decryptor() {
    return new KeyVaultDecryptor(wrapping, options.allowed());
  }

  /**
   * Authentication of the ring's entries under a secret in a vault. The secret is asked for when
   * the ring is first read, and again until it could be had; then it stays in memory.
   *
   * @param secretId {@code https://NAME.vault.azure.net/secrets/SECRET[/VERSION]}; its value is the
   *     base64 text of at least 32 random bytes. Without a version the current one counts: who
   *     changes it locks out the keys that were tagged before
   * @throws IllegalArgumentException if it is not an identifier
   */
  public EntryAuthentication entryAuthentication(String secretId) {
    return EntryAuthentication.from(new VaultSecret(secretId, credential, calls));
  }
}
