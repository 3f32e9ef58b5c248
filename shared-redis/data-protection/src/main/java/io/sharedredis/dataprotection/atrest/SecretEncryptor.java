package io.sharedredis.dataprotection.atrest;

/** Encrypts the secret part of a new key before it is stored. Thread-safe. */
public interface SecretEncryptor {
  /**
   * @param plaintextXml the element that holds the secret, without declaration
   * @return what stands in its place
   * @throws io.sharedredis.dataprotection.repository.StoreUnavailableException if a service that it
   *     needs cannot be reached
   */
  EncryptedSecret encrypt(String plaintextXml);

  /**
   * An encrypted element.
   *
   * @param xml one element, without declaration
   * @param decryptorType assembly-qualified name of the .NET class that reads it
   */
  record EncryptedSecret(String xml, String decryptorType) {}
}
