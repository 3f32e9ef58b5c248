package io.sharedredis.dataprotection.atrest;

import io.sharedredis.dataprotection.DataProtectionException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts master keys for the holder of an RSA certificate, as {@code ProtectKeysWithCertificate}
 * of ASP.NET Core does: AES-256-CBC under a fresh key, that key with RSA PKCS#1 v1.5, the whole
 * certificate beside it. The form has no integrity protection; use entry authentication where the
 * store cannot be trusted. Thread-safe.
 */
public final class CertificateEncryptor implements SecretEncryptor {
  private static final int SESSION_KEY_BYTES = 32;
  private static final int BLOCK_BYTES = 16;

  private final X509Certificate certificate;
  private final SecureRandom random;

  /**
   * @throws IllegalArgumentException if the certificate is not for RSA
   */
  public CertificateEncryptor(X509Certificate certificate, SecureRandom random) {
    if (!(certificate.getPublicKey() instanceof RSAPublicKey)) {
      throw new IllegalArgumentException(
          "the certificate "
              + certificate.getSubjectX500Principal()
              + " is for "
              + certificate.getPublicKey().getAlgorithm()
              + "; only RSA certificates encrypt keys at rest");
    }
    this.certificate = certificate;
    this.random = random;
  }

  @Override
  public EncryptedSecret encrypt(String plaintextXml) {
    byte[] sessionKey = new byte[SESSION_KEY_BYTES];
    random.nextBytes(sessionKey);
    try {
      String xml =
          "<EncryptedData Type=\""
              + XmlEncryption.XMLENC
              + "Element\" xmlns=\""
              + XmlEncryption.XMLENC
              + "\">"
              + method(XmlEncryption.AES_256_CBC)
              + keyInfo(
                  "<EncryptedKey xmlns=\""
                      + XmlEncryption.XMLENC
                      + "\">"
                      + method(XmlEncryption.RSA_PKCS1)
                      + keyInfo(certificateElement())
                      + cipherData(wrap(sessionKey))
                      + "</EncryptedKey>")
              + cipherData(encrypt(sessionKey, plaintextXml.getBytes(StandardCharsets.UTF_8)))
              + "</EncryptedData>";
      return new EncryptedSecret(xml, XmlEncryption.DECRYPTOR + XmlEncryption.ASSEMBLY);
    } catch (GeneralSecurityException e) {
      throw new DataProtectionException(
          "a key could not be encrypted for " + certificate.getSubjectX500Principal(), e);
    } finally {
      Arrays.fill(sessionKey, (byte) 0);
    }
  }

  private byte[] wrap(byte[] sessionKey) throws GeneralSecurityException {
    Cipher rsa = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    rsa.init(Cipher.ENCRYPT_MODE, certificate.getPublicKey(), random);
    return rsa.doFinal(sessionKey);
  }

  /** IV, then the ciphertext; padded as ISO 10126 asks: random bytes, the last one the count. */
  private byte[] encrypt(byte[] sessionKey, byte[] plaintext) throws GeneralSecurityException {
    int padding = BLOCK_BYTES - plaintext.length % BLOCK_BYTES;
    byte[] padded = new byte[plaintext.length + padding];
    random.nextBytes(padded);
    System.arraycopy(plaintext, 0, padded, 0, plaintext.length);
    padded[padded.length - 1] = (byte) padding;
    byte[] iv = new byte[BLOCK_BYTES];
    random.nextBytes(iv);
    Cipher aes = Cipher.getInstance("AES/CBC/NoPadding");
    aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(sessionKey, "AES"), new IvParameterSpec(iv));
    ByteArrayOutputStream out = new ByteArrayOutputStream(padded.length + BLOCK_BYTES);
    out.writeBytes(iv);
    out.writeBytes(aes.doFinal(padded));
    Arrays.fill(padded, (byte) 0);
    return out.toByteArray();
  }

  private String certificateElement() throws GeneralSecurityException {
    return "<X509Data><X509Certificate>"
        + Base64.getEncoder().encodeToString(certificate.getEncoded())
        + "</X509Certificate></X509Data>";
  }

  private static String method(String algorithm) {
    return "<EncryptionMethod Algorithm=\"" + algorithm + "\" />";
  }

  private static String keyInfo(String content) {
    return "<KeyInfo xmlns=\"" + XmlEncryption.XMLDSIG + "\">" + content + "</KeyInfo>";
  }

  private static String cipherData(byte[] value) {
    return "<CipherData><CipherValue>"
        + Base64.getEncoder().encodeToString(value)
        + "</CipherValue></CipherData>";
  }
}
