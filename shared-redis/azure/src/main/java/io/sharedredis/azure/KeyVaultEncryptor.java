package io.sharedredis.azure;

import io.sharedredis.dataprotection.atrest.SecretEncryptor;
import java.security.SecureRandom;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encrypts master keys under a key of Key Vault: a fresh content key for AES-128-CBC, wrapped by
 * the vault with RSA-OAEP. The element names the version that wrapped, so keys made before a
 * roll-over of the vault's key stay readable.
 */
final class KeyVaultEncryptor implements SecretEncryptor {

  private static final Logger log = LoggerFactory.getLogger(KeyVaultEncryptor.class);

  private final KeyWrapping wrapping;
  private final KeyVaultKeyId key;
  private final SecureRandom random;

  KeyVaultEncryptor(KeyWrapping wrapping, KeyVaultKeyId key, SecureRandom random) {
    this.wrapping = wrapping;
    this.key = key;
    this.random = random;
  }

  @Override
  public EncryptedSecret encrypt(String plaintextXml) {
    byte[] contentKey = new byte[ContentCipher.KEY_BYTES];
    byte[] iv = new byte[ContentCipher.IV_BYTES];
    random.nextBytes(contentKey);
    random.nextBytes(iv);
    try {
      KeyVaultKeyId version = wrapping.current(key);
      KeyVaultElement element =
          new KeyVaultElement(
              version.toString(),
              wrapping.wrap(version, contentKey),
              iv,
              ContentCipher.encrypt(contentKey, iv, plaintextXml));
      log.info("a new master key is wrapped by {}", version);
      return new EncryptedSecret(element.toXml(), KeyVaultElement.DECRYPTOR);
    } finally {
      Arrays.fill(contentKey, (byte) 0);
    }
  }
}
