package io.sharedredis.azure;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.atrest.SecretDecryptor;
import java.util.Arrays;
import org.w3c.dom.Element;

/**
 * Opens master keys that Key Vault wrapped, in the current and the legacy form. What it opened is
 * kept by the ring in memory; nothing is kept here.
 */
final class KeyVaultDecryptor implements SecretDecryptor {

  /** A refused identifier is shown, but not more of it than one log line holds. */
  private static final int SHOWN_CHARACTERS = 200;

  private final KeyWrapping wrapping;
  private final AllowedKeys allowed;

  KeyVaultDecryptor(KeyWrapping wrapping, AllowedKeys allowed) {
    this.wrapping = wrapping;
    this.allowed = allowed;
  }

  @Override
  public boolean handles(String typeName) {
    return typeName.equals(KeyVaultElement.DECRYPTOR_CLASS)
        || typeName.equals(KeyVaultElement.LEGACY_DECRYPTOR_CLASS);
  }

  @Override
  public String decrypt(Element encrypted) {
    KeyVaultElement element = KeyVaultElement.read(encrypted);
    KeyVaultKeyId version =
        allowed.allowed(element.kid()).orElseThrow(() -> notAllowed(element.kid()));
    byte[] contentKey = wrapping.unwrap(version, element.wrappedKey());
    try {
      return ContentCipher.decrypt(contentKey, element.iv(), element.value());
    } finally {
      Arrays.fill(contentKey, (byte) 0);
    }
  }

  private static DataProtectionException notAllowed(String kid) {
    String shown = kid.length() > SHOWN_CHARACTERS ? kid.substring(0, SHOWN_CHARACTERS) : kid;
    return new DataProtectionException(
        "the secret names the Key Vault key '"
            + shown.replaceAll("[^\\x21-\\x7e]", "?")
            + "', which is not among the allowed keys; nothing was called");
  }
}
