package io.sharedredis.dataprotection.atrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** Whoever can write elements learns nothing of the RSA key from how they are refused. */
class RsaOracleTest {
  private static final String OAEP = XmlEncryption.RSA_OAEP;
  private static final String PKCS1 = XmlEncryption.RSA_PKCS1;
  private static final int RSA_BYTES = 256;

  private final SecureRandom random = new SecureRandom();
  private final CertificateKey key = Interop.certificate("rsa2048");
  private final CertificateDecryptor decryptor = Interop.certificates("rsa2048");

  @ParameterizedTest
  @ValueSource(strings = {XmlEncryption.RSA_PKCS1, XmlEncryption.RSA_OAEP})
  void everyWrongWrappedKeyIsRefusedInTheSameWords(String algorithm) throws Exception {
    for (String cipher : List.of("aes128-cbc", "aes256-cbc", "tripledes-cbc")) {
      for (Map.Entry<String, byte[]> wrapped : wrappedKeys(algorithm, cipher).entrySet()) {
        Element element = element(algorithm, cipher, wrapped.getValue(), bytes(512));
        assertThatThrownBy(() -> decryptor.decrypt(element))
            .as(wrapped.getKey())
            .isExactlyInstanceOf(DataProtectionException.class)
            .hasMessage("the secret cannot be decrypted")
            .hasNoCause();
      }
    }
  }

  /**
   * The data is long, so that leaving out its decryption would show: what RSA accepted and what it
   * refused go the same way. The shortest of many runs is compared, which load cannot shorten, and
   * a disturbed measurement is repeated.
   */
  @ParameterizedTest
  @ValueSource(strings = {XmlEncryption.RSA_PKCS1, XmlEncryption.RSA_OAEP})
  void everyWrongWrappedKeyTakesTheSameTime(String algorithm) throws Exception {
    byte[] data = bytes(60_000);
    Map<String, Element> elements = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> wrapped : wrappedKeys(algorithm, "tripledes-cbc").entrySet()) {
      elements.put(wrapped.getKey(), element(algorithm, "tripledes-cbc", wrapped.getValue(), data));
    }
    Map<String, Long> shortest = new LinkedHashMap<>();
    for (int attempt = 0; attempt < 8 && !isAlike(shortest); attempt++) {
      for (int round = 0; round < 20; round++) {
        elements.forEach((kind, element) -> shortest.merge(kind, nanos(element), Math::min));
      }
    }
    assertThat(isAlike(shortest)).as("shortest times in ns: %s", shortest).isTrue();
  }

  private long nanos(Element element) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> decryptor.decrypt(element))
        .hasMessage("the secret cannot be decrypted");
    return System.nanoTime() - start;
  }

  private static boolean isAlike(Map<String, Long> shortest) {
    LongSummaryStatistics all =
        shortest.values().stream().mapToLong(Long::longValue).summaryStatistics();
    return all.getCount() > 0 && all.getMax() < 1.6 * all.getMin();
  }

  @Test
  void rightKeyOpensTheDataItWasMadeFor() throws Exception {
    String xml = "<masterKey><value>AAAA</value></masterKey>";
    CertificateEncryptor encryptor = new CertificateEncryptor(key.certificate(), random);
    assertThat(decryptor.decrypt(HardenedXml.parse(encryptor.encrypt(xml).xml()))).isEqualTo(xml);
  }

  @Test
  void flippedDataUnderTheRightKeyIsRefusedInTheSameWords() throws Exception {
    String xml = "<masterKey><value>" + "A".repeat(88) + "</value></masterKey>";
    String genuine = new CertificateEncryptor(key.certificate(), random).encrypt(xml).xml();
    int dataAt = genuine.lastIndexOf("<CipherValue>") + 13;
    for (int at = 0; at < 40; at++) {
      char changed = genuine.charAt(dataAt + at) == 'A' ? 'B' : 'A';
      String forged =
          genuine.substring(0, dataAt + at) + changed + genuine.substring(dataAt + at + 1);
      // There is no integrity in the form: what still is text comes out, the rest is refused.
      try {
        assertThat(decryptor.decrypt(HardenedXml.parse(forged))).isNotEqualTo(xml);
      } catch (DataProtectionException e) {
        assertThat(e).hasMessage("the secret cannot be decrypted").hasNoCause();
      }
    }
  }

  /** Wrong ones of every kind: of no padding, of the other padding, of wrong and right lengths. */
  private Map<String, byte[]> wrappedKeys(String algorithm, String cipher) throws Exception {
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

  private Element element(String algorithm, String cipher, byte[] wrapped, byte[] data)
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

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
