package io.sharedredis.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.atrest.SecretEncryptor.EncryptedSecret;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * The known answer of .NET's own test of its encryptor: counted bytes for key and IV, a vault whose
 * wrapping turns the bytes around.
 */
class DotNetFormTest {

  private static final byte[] CONTENT_KEY =
      HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
  private static final String IV = "AAECAwQFBgcICQoLDA0ODw==";
  private static final String WRAPPED = "Dw4NDAsKCQgHBgUEAwIBAA==";
  private static final String VALUE =
      "VfLYL2prdymawfucH3Goso0zkPbQ4/GKqUsj2TRtLzsBPz7p7cL1SQaY6I29xSlsPQf6IjxHSz4sDJ427GvlLQ==";
  private static final String KID = "https://unit.vault.azure.net/keys/ring/1";

  private final KeyWrapping turning =
      new KeyWrapping() {
        @Override
        public KeyVaultKeyId current(KeyVaultKeyId key) {
          return key.withVersion("1");
        }

        @Override
        public byte[] wrap(KeyVaultKeyId version, byte[] contentKey) {
          return turned(contentKey);
        }

        @Override
        public byte[] unwrap(KeyVaultKeyId version, byte[] wrapped) {
          return turned(wrapped);
        }
      };

  private static byte[] turned(byte[] bytes) {
    byte[] turned = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      turned[i] = bytes[bytes.length - 1 - i];
    }
    return turned;
  }

  private static final String ELEMENT =
      "<encryptedKey xmlns=\"\"><!-- This key is encrypted with Azure Key Vault. --><kid>"
          + KID
          + "</kid><key>"
          + WRAPPED
          + "</key><iv>"
          + IV
          + "</iv><value>"
          + VALUE
          + "</value></encryptedKey>";

  @Test
  void sameInputGivesTheBytesOfDotNet() {
    SecureRandom counting =
        new SecureRandom() {
          private static final long serialVersionUID = 1L;

          @Override
          public void nextBytes(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
              bytes[i] = (byte) i;
            }
          }
        };
    KeyVaultKeyId key = KeyVaultKeyId.configured("key", "https://unit.vault.azure.net/keys/ring");
    EncryptedSecret secret = new KeyVaultEncryptor(turning, key, counting).encrypt("<Element />");
    assertThat(secret.xml()).isEqualTo(ELEMENT);
  }

  @Test
  void bytesOfDotNetAreOpened() {
    AllowedKeys allowed = new AllowedKeys(java.util.List.of("https://unit.vault.azure.net"));
    String opened = new KeyVaultDecryptor(turning, allowed).decrypt(HardenedXml.parse(ELEMENT));
    assertThat(opened).isEqualTo("<Element />");
  }

  @Test
  void documentWithoutMarkOrDeclarationIsOpenedToo() {
    byte[] iv = Base64.getDecoder().decode(IV);
    for (String document :
        new String[] {"<a />", "\uFEFF<a />", "<?xml version=\"1.0\"?>\n<a />"}) {
      byte[] value = KeyVaultForms.encryptRaw(CONTENT_KEY, iv, document);
      assertThat(ContentCipher.decrypt(CONTENT_KEY, iv, value)).isEqualTo("<a />");
    }
  }
}
