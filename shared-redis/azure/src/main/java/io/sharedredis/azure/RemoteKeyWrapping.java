package io.sharedredis.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.security.keyvault.keys.KeyAsyncClient;
import com.azure.security.keyvault.keys.KeyClientBuilder;
import com.azure.security.keyvault.keys.cryptography.CryptographyAsyncClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClientBuilder;
import com.azure.security.keyvault.keys.cryptography.models.KeyWrapAlgorithm;
import io.sharedredis.dataprotection.DataProtectionException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks Key Vault itself for every wrap and unwrap, never the public key alone: so the vault's
 * permissions, its disabled and expired keys and its audit log count.
 */
final class RemoteKeyWrapping implements KeyWrapping {

  /** The wrap algorithm of .NET; it stands in no element. */
  private static final KeyWrapAlgorithm RSA_OAEP = KeyWrapAlgorithm.RSA_OAEP;

  /** Clients kept, one per version of a key; a ring has a handful. */
  private static final int MAX_CLIENTS = 64;

  private final TokenCredential credential;
  private final VaultCalls calls;
  private final Map<String, KeyAsyncClient> vaults = new ConcurrentHashMap<>();
  private final Map<KeyVaultKeyId, CryptographyAsyncClient> versions = new ConcurrentHashMap<>();

  RemoteKeyWrapping(TokenCredential credential, VaultCalls calls) {
    this.credential = credential;
    this.calls = calls;
  }

  @Override
  public KeyVaultKeyId current(KeyVaultKeyId key) {
    if (key.version() != null) {
      return key;
    }
    String id =
        calls.answer(
            "get " + key,
            () -> vault(key.vaultUrl()).getKey(key.name()).map(found -> found.getId()));
    return KeyVaultKeyId.read(id)
        .filter(found -> found.isSameKey(key) && found.version() != null)
        .map(found -> key.withVersion(Objects.requireNonNull(found.version())))
        .orElseThrow(
            () -> new DataProtectionException("Key Vault answered for another key than " + key));
  }

  @Override
  public byte[] wrap(KeyVaultKeyId version, byte[] contentKey) {
    return calls.answer(
        "wrapKey " + version,
        () ->
            version(version)
                .wrapKey(RSA_OAEP, contentKey)
                .map(wrapped -> wrapped.getEncryptedKey()));
  }

  @Override
  public byte[] unwrap(KeyVaultKeyId version, byte[] wrapped) {
    return calls.answer(
        "unwrapKey " + version,
        () -> version(version).unwrapKey(RSA_OAEP, wrapped).map(opened -> opened.getKey()));
  }

  private KeyAsyncClient vault(String url) {
    return vaults.computeIfAbsent(
        url,
        vaultUrl ->
            calls
                .configure(new KeyClientBuilder().credential(credential))
                .retryOptions(VaultCalls.RETRIES)
                .vaultUrl(vaultUrl)
                .buildAsyncClient());
  }

  private CryptographyAsyncClient version(KeyVaultKeyId version) {
    if (versions.size() > MAX_CLIENTS) {
      versions.clear();
    }
    return versions.computeIfAbsent(
        version,
        id ->
            calls
                .configure(new CryptographyClientBuilder().credential(credential))
                .retryOptions(VaultCalls.RETRIES)
                .keyIdentifier(id.toString())
                .disableKeyCaching()
                .buildAsyncClient());
  }
}
