package io.sharedredis.azure;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.util.Base64;
import org.w3c.dom.Element;

/**
 * The element that stands for a secret, as {@code AzureKeyVaultXmlEncryptor} of ASP.NET Core writes
 * it.
 *
 * @param kid identifier of the key's version that wrapped
 * @param wrappedKey the content key under RSA-OAEP (SHA-1)
 * @param iv of AES-CBC, 16 bytes
 * @param value the secret under the content key, AES-CBC with PKCS#7 padding; nothing authenticates
 *     it
 */
record KeyVaultElement(String kid, byte[] wrappedKey, byte[] iv, byte[] value) {

  /** The class of .NET that reads it; readers pass over version and token. */
  static final String DECRYPTOR_CLASS =
      "Azure.Extensions.AspNetCore.DataProtection.Keys.AzureKeyVaultXmlDecryptor";

  static final String DECRYPTOR =
      DECRYPTOR_CLASS
          + ", Azure.Extensions.AspNetCore.DataProtection.Keys, Version=1.6.4.0, Culture=neutral,"
          + " PublicKeyToken=92742159e12e44c8";

  /** Its name until 2020, found in old rings. */
  static final String LEGACY_DECRYPTOR_CLASS =
      "Microsoft.AspNetCore.DataProtection.AzureKeyVault.AzureKeyVaultXmlDecryptor";

  /**
   * @throws DataProtectionException if a part is missing or no base64
   */
  static KeyVaultElement read(Element element) {
    return new KeyVaultElement(
        text(element, "kid").strip(),
        base64(element, "key"),
        base64(element, "iv"),
        base64(element, "value"));
  }

  String toXml() {
    // Every kid is put together from letters, digits and dashes: nothing to escape.
    return "<encryptedKey xmlns=\"\"><!-- This key is encrypted with Azure Key Vault. --><kid>"
        + kid
        + "</kid><key>"
        + Base64.getEncoder().encodeToString(wrappedKey)
        + "</key><iv>"
        + Base64.getEncoder().encodeToString(iv)
        + "</iv><value>"
        + Base64.getEncoder().encodeToString(value)
        + "</value></encryptedKey>";
  }

  private static String text(Element element, String name) {
    Element child = HardenedXml.child(element, name);
    if (child == null) {
      throw new DataProtectionException("the secret cannot be decrypted");
    }
    return HardenedXml.text(child);
  }

  private static byte[] base64(Element element, String name) {
    try {
      return Base64.getDecoder().decode(text(element, name).replaceAll("[ \t\r\n]", ""));
    } catch (IllegalArgumentException e) {
      throw new DataProtectionException("the secret cannot be decrypted");
    }
  }
}
