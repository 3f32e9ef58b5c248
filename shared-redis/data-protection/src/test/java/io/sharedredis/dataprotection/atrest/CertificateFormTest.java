package io.sharedredis.dataprotection.atrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** What is random in an encrypted secret is random, and nothing known takes its place. */
class CertificateFormTest {
  private static final String XML = "<masterKey><value>AAAA</value></masterKey>";

  private final CertificateKey key = Interop.certificate("rsa2048");
  private final CertificateDecryptor decryptor = Interop.certificates("rsa2048");
  private final ForgedElements forged = new ForgedElements(key);

  @Test
  void sessionKeyIvAndPaddingAreNewEachTime() throws Exception {
    CertificateEncryptor encryptor =
        new CertificateEncryptor(key.certificate(), new SecureRandom());
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      List<byte[]> values = cipherValues(encryptor.encrypt(XML).xml());
      Cipher rsa = Cipher.getInstance("RSA/ECB/PKCS1Padding");
      rsa.init(Cipher.DECRYPT_MODE, key.privateKey());
      byte[] sessionKey = rsa.doFinal(values.get(0));
      byte[] iv = Arrays.copyOf(values.get(1), 16);
      byte[] padded =
          aes(
              Cipher.DECRYPT_MODE,
              sessionKey,
              iv,
              Arrays.copyOfRange(values.get(1), 16, values.get(1).length));
      int padding = padded[padded.length - 1];
      assertThat(padded.length % 16).isZero();
      assertThat(padding).isEqualTo(padded.length - XML.length()).isBetween(1, 16);
      assertThat(sessionKey).hasSize(32);
      seen.add("key " + Arrays.toString(sessionKey));
      seen.add("IV " + Arrays.toString(iv));
      seen.add(
          "padding " + Arrays.toString(Arrays.copyOfRange(padded, XML.length(), padded.length)));
    }
    assertThat(seen).hasSize(15);
  }

  @Test
  void secretOfAnyLengthComesBack() {
    CertificateEncryptor encryptor =
        new CertificateEncryptor(key.certificate(), new SecureRandom());
    for (int length = 0; length <= 32; length++) {
      String xml = "<a>" + "x".repeat(length) + "</a>";
      assertThat(decryptor.decrypt(HardenedXml.parse(encryptor.encrypt(xml).xml()))).isEqualTo(xml);
    }
  }

  /** Else whoever can write an element could have one of his own opened without the certificate. */
  @Test
  void keyThatStandsForARefusedOneIsNotKnown() throws Exception {
    byte[] noise = forged.bytes(256);
    noise[0] = 0;
    byte[] iv = new byte[16];
    byte[] padded = Arrays.copyOf(XML.getBytes(StandardCharsets.UTF_8), 48);
    padded[47] = (byte) (48 - XML.length());
    byte[] data = Arrays.copyOf(iv, 64);
    System.arraycopy(aes(Cipher.ENCRYPT_MODE, new byte[32], iv, padded), 0, data, 16, 48);
    assertThatThrownBy(
            () ->
                decryptor.decrypt(
                    forged.element(XmlEncryption.RSA_PKCS1, "aes256-cbc", noise, data)))
        .isExactlyInstanceOf(DataProtectionException.class)
        .hasMessage("the secret cannot be decrypted");
  }

  @Test
  void onlyElementsOfXmlEncryptionAreOpened() {
    CertificateEncryptor encryptor =
        new CertificateEncryptor(key.certificate(), new SecureRandom());
    String genuine = encryptor.encrypt(XML).xml();
    String other =
        genuine
            .replace("<EncryptedData ", "<OtherData ")
            .replace("</EncryptedData>", "</OtherData>");
    assertThatThrownBy(() -> decryptor.decrypt(HardenedXml.parse(other)))
        .hasMessage("the secret cannot be decrypted");
    assertThat(decryptor.handles(XmlEncryption.DECRYPTOR)).isTrue();
    assertThat(decryptor.handles("System.String")).isFalse();
    assertThat(key.toString()).startsWith("CertificateKey[").doesNotContain("RSA");
  }

  private static byte[] aes(int mode, byte[] sessionKey, byte[] iv, byte[] data)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(mode, new SecretKeySpec(sessionKey, "AES"), new IvParameterSpec(iv));
    return cipher.doFinal(data);
  }

  private static List<byte[]> cipherValues(String xml) {
    List<byte[]> values = new ArrayList<>();
    Matcher matcher = Pattern.compile("<CipherValue>([^<]*)").matcher(xml);
    while (matcher.find()) {
      values.add(Base64.getDecoder().decode(matcher.group(1)));
    }
    return values;
  }
}
