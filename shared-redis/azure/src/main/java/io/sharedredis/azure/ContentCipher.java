package io.sharedredis.azure;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.crypto.StrictUtf8;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The symmetric half of the Key Vault form: AES-CBC with PKCS#7 padding over the element as a whole
 * document, byte order mark and declaration included.
 */
final class ContentCipher {

  /** .NET takes the block size for the key size: the content key is one of AES-128. */
  static final int KEY_BYTES = 16;

  static final int IV_BYTES = 16;

  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";

  private ContentCipher() {}

  static byte[] encrypt(byte[] key, byte[] iv, String elementXml) {
    byte[] document = (BYTE_ORDER_MARK + DECLARATION + elementXml).getBytes(StandardCharsets.UTF_8);
    try {
      return aes(Cipher.ENCRYPT_MODE, key, iv).doFinal(document);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks AES-CBC", e);
    } finally {
      Arrays.fill(document, (byte) 0);
    }
  }

  /**
   * The element, without what stands before it.
   *
   * @throws DataProtectionException with one text, whatever part is wrong
   */
  static String decrypt(byte[] key, byte[] iv, byte[] value) {
    byte[] document = new byte[0];
    try {
      document = aes(Cipher.DECRYPT_MODE, key, iv).doFinal(value);
      return element(StrictUtf8.decode(document, 0, document.length));
    } catch (GeneralSecurityException | IllegalArgumentException | DataProtectionException e) {
      throw new DataProtectionException("the secret cannot be decrypted");
    } finally {
      Arrays.fill(document, (byte) 0);
    }
  }

  private static String element(String document) {
    String rest = document.startsWith(BYTE_ORDER_MARK) ? document.substring(1) : document;
    if (rest.startsWith("<?xml")) {
      int end = rest.indexOf("?>");
      rest = end < 0 ? rest : rest.substring(end + 2);
    }
    return rest.strip();
  }

  private static Cipher aes(int mode, byte[] key, byte[] iv) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
    return cipher;
  }
}
