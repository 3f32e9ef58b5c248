package io.sharedredis.dataprotection.atrest;

import io.sharedredis.dataprotection.xml.HardenedXml;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import org.w3c.dom.Element;

/** Encrypted elements as someone makes them who wants to learn of the RSA key. */
final class ForgedElements {
  private static final String OAEP = XmlEncryption.RSA_OAEP;
  private static final String PKCS1 = XmlEncryption.RSA_PKCS1;
  private static final int RSA_BYTES = 256;

  private final SecureRandom random = new SecureRandom();
  private final CertificateKey key;

  ForgedElements(CertificateKey key) {
    this.key = key;
  }

  /** Wrong ones of every kind: of no padding, of the other padding, of wrong and right lengths. */
  Map<String, byte[]> wrappedKeys(String algorithm, String cipher) throws Exception {
    Map<String, byte[]> wrapped = new LinkedHashMap<>();
    byte[] noise = bytes(RSA_BYTES);
    noise[0] = 0;
    wrapped.put("noise", noise);
    wrapped.put("another key of the right length", wrap(algorithm, bytes(keyBytes(cipher))));
    wrapped.put("a key of 5 bytes", wrap(algorithm, bytes(5)));
    wrapped.put("a key of 100 bytes", wrap(algorithm, bytes(100)));
    wrapped.put("no key at all", wrap(algorithm, new byte[0]));
    wrapped.put(
        "the other padding", wrap(algorithm.equals(OAEP) ? PKCS1 : OAEP, bytes(keyBytes(cipher))));
    byte[] block = new byte[RSA_BYTES];
    Arrays.fill(block, (byte) 7);
    block[0] = 0;
    block[1] = 2;
    wrapped.put("a block that never ends its padding", raw(block));
    block[9] = 0;
    wrapped.put("a padding one byte too short", raw(block));
    block[1] = 1;
    wrapped.put("a block of a signature", raw(block));
    return wrapped;
  }

  private static int keyBytes(String cipher) {
    return cipher.equals("aes128-cbc") ? 16 : cipher.equals("aes256-cbc") ? 32 : 24;
  }

  private byte[] wrap(String algorithm, byte[] sessionKey) throws GeneralSecurityException {
    Cipher rsa =
        Cipher.getInstance(
            algorithm.equals(OAEP)
                ? "RSA/ECB/OAEPWithSHA-1AndMGF1Padding"
                : "RSA/ECB/PKCS1Padding");
    rsa.init(Cipher.ENCRYPT_MODE, key.certificate().getPublicKey());
    return rsa.doFinal(sessionKey);
  }

  private byte[] raw(byte[] block) {
    RSAPublicKey publicKey = (RSAPublicKey) key.certificate().getPublicKey();
    byte[] number =
        new BigInteger(1, block)
            .modPow(publicKey.getPublicExponent(), publicKey.getModulus())
            .toByteArray();
    byte[] sized = new byte[RSA_BYTES];
    int length = Math.min(number.length, RSA_BYTES);
    System.arraycopy(number, number.length - length, sized, RSA_BYTES - length, length);
    return sized;
  }

  Element element(String algorithm, String cipher, byte[] wrapped, byte[] data)
      throws GeneralSecurityException {
    return HardenedXml.parse(
        "<EncryptedData xmlns=\""
            + XmlEncryption.XMLENC
            + "\"><EncryptionMethod Algorithm=\""
            + XmlEncryption.XMLENC
            + cipher
            + "\" /><KeyInfo xmlns=\""
            + XmlEncryption.XMLDSIG
            + "\"><EncryptedKey xmlns=\""
            + XmlEncryption.XMLENC
            + "\"><EncryptionMethod Algorithm=\""
            + algorithm
            + "\" /><KeyInfo xmlns=\""
            + XmlEncryption.XMLDSIG
            + "\"><X509Data><X509Certificate>"
            + Base64.getEncoder().encodeToString(key.certificate().getEncoded())
            + "</X509Certificate></X509Data></KeyInfo><CipherData><CipherValue>"
            + Base64.getEncoder().encodeToString(wrapped)
            + "</CipherValue></CipherData></EncryptedKey></KeyInfo><CipherData><CipherValue>"
            + Base64.getEncoder().encodeToString(data)
            + "</CipherValue></CipherData></EncryptedData>");
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
