package io.sharedredis.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.security.keyvault.secrets.SecretAsyncClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import io.sharedredis.dataprotection.DataProtectionException;
import java.util.Base64;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Bytes that lie in a vault as the base64 text of a secret; asked for anew each time. */
final class VaultSecret implements Supplier<byte[]> {

  private static final Pattern FORM =
      Pattern.compile(
          "(?i:https)://(?<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)"
              + "(?::(?<port>[0-9]{1,5}))?/+secrets/+(?<name>[0-9A-Za-z-]{1,127})"
              + "(?:/+(?<version>[0-9A-Za-z]{1,64}))?/*");

  private final VaultCalls calls;
  private final SecretAsyncClient client;
  private final String id;
  private final String name;
  private final @Nullable String version;

  /**
   * @throws IllegalArgumentException if the identifier is none
   */
  VaultSecret(String secretId, TokenCredential credential, VaultCalls calls) {
    Matcher parts = FORM.matcher(secretId.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "entrySecret is '"
              + secretId
              + "'; it must be the identifier of a secret,"
              + " https://NAME.vault.azure.net/secrets/SECRET, with or without a version");
    }
    this.calls = calls;
    this.id = secretId.strip();
    this.name = parts.group("name");
    this.version = parts.group("version");
    this.client =
        calls
            .configure(new SecretClientBuilder().credential(credential))
            .retryOptions(VaultCalls.RETRIES)
            .vaultUrl(KeyVaultKeyId.vaultUrl(parts.group("host"), parts.group("port")))
            .buildAsyncClient();
  }

  @Override
  public byte[] get() {
    String text =
        calls.answer(
            "get " + id, () -> client.getSecret(name, version).map(secret -> secret.getValue()));
    try {
      return Base64.getDecoder().decode(text.strip());
    } catch (IllegalArgumentException e) {
      // The cause is left out: its message repeats a character of the secret.
      throw new DataProtectionException("the secret " + id + " of Key Vault is not base64");
    }
  }
}
