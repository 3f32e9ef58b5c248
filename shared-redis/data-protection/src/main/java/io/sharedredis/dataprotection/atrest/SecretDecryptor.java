package io.sharedredis.dataprotection.atrest;

import org.w3c.dom.Element;

/**
 * Opens encrypted secrets of one or more .NET decryptor types. Thread-safe. Selected by name from
 * the decryptors that were configured: a name found in the store never loads a class.
 */
public interface SecretDecryptor {
  /**
   * Whether this decryptor opens what that .NET class opens.
   *
   * @param typeName full name of the class without its assembly; names that data protection had
   *     before its first release are given in their present form
   */
  boolean handles(String typeName);

  /**
   * @param encrypted the element inside {@code encryptedSecret}
   * @return the element that was encrypted, as text without declaration, byte order mark or blanks
   *     before it; what follows the element is ignored
   * @throws io.sharedredis.dataprotection.DataProtectionException if it cannot be opened; always
   *     with the same text, whatever part is wrong
   * @throws io.sharedredis.dataprotection.repository.StoreUnavailableException if a service that it
   *     needs cannot be reached: nothing is known about the secret
   */
  String decrypt(Element encrypted);
}
