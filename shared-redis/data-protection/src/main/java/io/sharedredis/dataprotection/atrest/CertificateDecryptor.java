package io.sharedredis.dataprotection.atrest;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.crypto.StrictUtf8;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * Opens master keys that were encrypted for one of several certificates, in the forms that ASP.NET
 * Core 10 opens: AES and Triple DES in CBC mode, the key with RSA PKCS#1 v1.5 or OAEP (SHA-1), the
 * certificate in the element. Several certificates allow a roll-over. Thread-safe.
 *
 * <p>Whatever is wrong with an element, the answer is the same, and a session key that RSA refuses
 * or that has a wrong length is replaced by a random one before anything else is tried, so that
 * nobody can use this as an RSA padding oracle.
 */
public final class CertificateDecryptor implements SecretDecryptor {
  private static final Map<String, String> CIPHERS =
      Map.of(
          XmlEncryption.XMLENC + "aes128-cbc", "AES",
          XmlEncryption.XMLENC + "aes192-cbc", "AES",
          XmlEncryption.XMLENC + "aes256-cbc", "AES",
          XmlEncryption.XMLENC + "tripledes-cbc", "DESede");

  /** Lengths of keys in bytes that each cipher takes; the last stands for one RSA refused. */
  private static final Map<String, List<Integer>> KEY_BYTES =
      Map.of("AES", List.of(16, 24, 32), "DESede", List.of(24));

  private final List<CertificateKey> keys;
  private final SecureRandom random;

  public CertificateDecryptor(List<CertificateKey> keys, SecureRandom random) {
    this.keys = List.copyOf(keys);
    this.random = random;
  }

  @Override
  public boolean handles(String typeName) {
    return typeName.equals(XmlEncryption.DECRYPTOR);
  }

  @Override
  public String decrypt(Element encrypted) {
    String algorithm = algorithm(encrypted);
    String cipher = algorithm == null ? "" : CIPHERS.getOrDefault(algorithm, "");
    if (!isXmlEnc(encrypted, "EncryptedData") || cipher.isEmpty()) {
      throw refused();
    }
    byte[] data = cipherValue(encrypted);
    for (Element encryptedKey : encryptedKeys(encrypted)) {
      CertificateKey key = keyFor(encryptedKey);
      if (key != null) {
        byte[] sessionKey = unwrap(encryptedKey, key, KEY_BYTES.getOrDefault(cipher, List.of()));
        try {
          byte[] plaintext = decrypt(cipher, sessionKey, data);
          return StrictUtf8.decode(plaintext, 0, plaintext.length);
        } catch (GeneralSecurityException | DataProtectionException e) {
          throw refused();
        } finally {
          Arrays.fill(sessionKey, (byte) 0);
        }
      }
    }
    throw new DataProtectionException("no configured certificate opens the secret");
  }

  private @Nullable CertificateKey keyFor(Element encryptedKey) {
    for (Certificate named : certificates(encryptedKey)) {
      for (CertificateKey key : keys) {
        if (key.certificate().equals(named)) {
          return key;
        }
      }
    }
    return null;
  }

  /**
   * A key that RSA refuses, or of a length that the cipher does not take, is replaced by a random
   * one: what follows is done with it, and takes as long.
   */
  private byte[] unwrap(Element encryptedKey, CertificateKey key, List<Integer> lengths) {
    // As .NET: OAEP if it says so, PKCS#1 for anything else.
    boolean oaep = XmlEncryption.RSA_OAEP.equals(algorithm(encryptedKey));
    byte[] wrapped = cipherValue(encryptedKey);
    byte[] instead = new byte[lengths.get(lengths.size() - 1)];
    random.nextBytes(instead);
    try {
      Cipher rsa =
          Cipher.getInstance(oaep ? "RSA/ECB/OAEPWithSHA-1AndMGF1Padding" : "RSA/ECB/PKCS1Padding");
      rsa.init(Cipher.DECRYPT_MODE, key.privateKey());
      byte[] unwrapped = rsa.doFinal(wrapped);
      return lengths.contains(unwrapped.length) ? unwrapped : instead;
    } catch (GeneralSecurityException e) {
      return instead;
    }
  }

  /** The last byte counts the padding; what the others hold is not looked at. */
  private static byte[] decrypt(String algorithm, byte[] sessionKey, byte[] data)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(algorithm + "/CBC/NoPadding");
    int block = cipher.getBlockSize();
    if (data.length < 2 * block) {
      throw refused();
    }
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(sessionKey, algorithm),
        new IvParameterSpec(data, 0, block));
    byte[] padded = cipher.doFinal(data, block, data.length - block);
    int padding = padded[padded.length - 1] & 0xff;
    if (padding == 0 || padding > block) {
      throw refused();
    }
    return Arrays.copyOf(padded, padded.length - padding);
  }

  private static List<Element> encryptedKeys(Element encryptedData) {
    List<Element> found = new ArrayList<>();
    for (Element keyInfo : children(encryptedData, XmlEncryption.XMLDSIG, "KeyInfo")) {
      found.addAll(children(keyInfo, XmlEncryption.XMLENC, "EncryptedKey"));
    }
    return found;
  }

  private static List<Certificate> certificates(Element encryptedKey) {
    List<Certificate> found = new ArrayList<>();
    for (Element keyInfo : children(encryptedKey, XmlEncryption.XMLDSIG, "KeyInfo")) {
      for (Element data : children(keyInfo, XmlEncryption.XMLDSIG, "X509Data")) {
        for (Element element : children(data, XmlEncryption.XMLDSIG, "X509Certificate")) {
          found.add(certificate(base64(element)));
        }
      }
    }
    return found;
  }

  private static Certificate certificate(byte[] encoded) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(encoded));
    } catch (GeneralSecurityException e) {
      throw refused();
    }
  }

  private static @Nullable String algorithm(Element parent) {
    List<Element> methods = children(parent, XmlEncryption.XMLENC, "EncryptionMethod");
    return methods.isEmpty() ? null : HardenedXml.attribute(methods.get(0), "Algorithm");
  }

  private static byte[] cipherValue(Element parent) {
    for (Element data : children(parent, XmlEncryption.XMLENC, "CipherData")) {
      for (Element value : children(data, XmlEncryption.XMLENC, "CipherValue")) {
        return base64(value);
      }
    }
    throw refused();
  }

  private static byte[] base64(Element element) {
    try {
      return Base64.getDecoder().decode(HardenedXml.text(element).replaceAll("[ \t\r\n]", ""));
    } catch (IllegalArgumentException e) {
      throw refused();
    }
  }

  private static List<Element> children(Element parent, String namespace, String name) {
    return HardenedXml.children(parent).stream()
        .filter(child -> HardenedXml.isNamed(child, namespace, name))
        .toList();
  }

  private static boolean isXmlEnc(Element element, String name) {
    return HardenedXml.isNamed(element, XmlEncryption.XMLENC, name);
  }

  private static DataProtectionException refused() {
    return new DataProtectionException("the secret cannot be decrypted");
  }
}
