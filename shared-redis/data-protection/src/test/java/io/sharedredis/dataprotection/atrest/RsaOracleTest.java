package io.sharedredis.dataprotection.atrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** Whoever can write elements learns nothing of the RSA key from how they are refused. */
class RsaOracleTest {
  private final SecureRandom random = new SecureRandom();
  private final CertificateKey key = Interop.certificate("rsa2048");
  private final ForgedElements forged = new ForgedElements(key);
  private final CertificateDecryptor decryptor = Interop.certificates("rsa2048");

  @ParameterizedTest
  @ValueSource(strings = {XmlEncryption.RSA_PKCS1, XmlEncryption.RSA_OAEP})
  void everyWrongWrappedKeyIsRefusedInTheSameWords(String algorithm) throws Exception {
    for (String cipher : List.of("aes128-cbc", "aes256-cbc", "tripledes-cbc")) {
      for (Map.Entry<String, byte[]> wrapped : forged.wrappedKeys(algorithm, cipher).entrySet()) {
        Element element = forged.element(algorithm, cipher, wrapped.getValue(), forged.bytes(512));
        assertThatThrownBy(() -> decryptor.decrypt(element))
            .as(wrapped.getKey())
            .isExactlyInstanceOf(DataProtectionException.class)
            .hasMessage("the secret cannot be decrypted")
            .hasNoCause();
      }
    }
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
}
