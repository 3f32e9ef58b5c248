package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Keys as ASP.NET Core on Windows describes them where CNG is configured. Its bytes are those of
 * the same algorithms elsewhere: recorded keys, described its way, open their recorded payloads.
 */
class CngDescriptorsTest {
  private static final String KIND = "ConfigurationModel.%sAuthenticatedEncryptorDescriptor";

  @ParameterizedTest
  @CsvSource({
    "managed-aes256-hmacsha256, 256, SHA256",
    "managed-aes256-hmacsha384, 256, SHA384",
    "managed-aes128-hmacsha512, 128, SHA512",
    "managed-aes128-hmacsha1, 128, SHA1"
  })
  void cbcKeyOfCngOpensWhatManagedCodeProtected(String ring, int bits, String hash) {
    String recorded = recorded(ring);
    String cng =
        replaced(recorded, KIND.formatted("Managed"), KIND.formatted("CngCbc"))
            .replaceFirst("<!--[^>]*-->", "")
            .replaceFirst(
                "<encryption [^>]*/><validation [^>]*/>",
                "<encryption algorithm=\"AES\" keyLength=\"%d\" /><hash algorithm=\"%s\" />"
                    .formatted(bits, hash));
    assertThat(cng).contains("<hash ").doesNotContain("<validation ");
    check(ring, cng);
  }

  @ParameterizedTest
  @CsvSource({"aes-128-gcm, 128", "aes-192-gcm, 192", "aes-256-gcm, 256"})
  void gcmKeyOfCngOpensWhatTheGeneralOneProtected(String ring, int bits) {
    String recorded = recorded(ring);
    String cng =
        replaced(recorded, KIND.formatted(""), KIND.formatted("CngGcm"))
            .replaceFirst(
                "<encryption [^>]*/><!--[^>]*-->",
                "<encryption algorithm=\"AES\" keyLength=\"%d\""
                    .formatted(bits)
                    .concat(" provider=\"Microsoft Primitive Provider\" />"));
    assertThat(cng).contains("keyLength=");
    check(ring, cng);
  }

  private static String recorded(String ring) {
    return Interop.items(Interop.ring(ring).get("redis_items")).get(0).xml();
  }

  private static String replaced(String text, String old, String by) {
    assertThat(text).contains(old);
    return text.replace(old, by);
  }

  private static void check(String ring, String element) {
    int opened = 0;
    Instant active =
        Instant.parse(Interop.ring(ring).get("keys").get(0).get("activation").asString());
    for (JsonNode payload : Interop.json("payloads.json").get("payloads")) {
      byte[] sealed = Interop.base64(payload.get("protected_base64"));
      byte[] plaintext = Interop.base64(payload.get("plaintext_base64"));
      if (!payload.get("ring").asString().equals(ring) || sealed == null || plaintext == null) {
        continue;
      }
      try (DataProtection windows =
          Interop.open(
              List.of(new KeyItem(element, "")),
              Interop.text(payload.get("application")),
              active.plusSeconds(60))) {
        DataProtector protector =
            Interop.protector(windows, Interop.strings(payload.get("purposes")));
        assertThat(protector.unprotect(sealed)).isEqualTo(plaintext);
        assertThat(protector.unprotect(protector.protect(plaintext))).isEqualTo(plaintext);
      }
      opened++;
    }
    assertThat(opened).isPositive();
  }
}
