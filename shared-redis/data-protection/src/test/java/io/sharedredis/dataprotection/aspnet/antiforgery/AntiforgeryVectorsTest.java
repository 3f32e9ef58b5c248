package io.sharedredis.dataprotection.aspnet.antiforgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.aspnet.ticket.ClaimTypes;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.interop.Interop;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** vectors.json: contents of antiforgery tokens, names of cookies, hashes of claims. */
class AntiforgeryVectorsTest {
  @TestFactory
  Stream<DynamicTest> contentOfATokenIsReadAndWrittenOrRefused() {
    return each(
        "antiforgery_token_plaintext",
        vector -> {
          String name = vector.get("case").asString();
          if (vector.has("values")) {
            checkTexts(vector);
          } else if (name.startsWith("INVALID")) {
            assertThatThrownBy(() -> AntiforgeryToken.read(Interop.hex(vector.get("hex"))))
                .isExactlyInstanceOf(DataProtectionException.class);
          } else {
            AntiforgeryToken token = AntiforgeryToken.read(Interop.hex(vector.get("hex")));
            assertThat(token.write()).isEqualTo(Interop.hex(vector.get("hex")));
            assertThat(token.isCookieToken()).isEqualTo(name.startsWith("cookie"));
            assertThat(token.additionalData()).isEqualTo(name.contains("€47") ? "€47" : "");
            assertThat(token.user().name()).isEqualTo(name.contains("Jérôme") ? "Jérôme" : "");
            assertThat(token.user().claimUid()).hasSize(name.contains("claim uid") ? 32 : 0);
          }
        });
  }

  /** What version 10.0.12 decodes; the list without answers is that of newer sources. */
  private static void checkTexts(JsonNode vector) {
    List<String> texts = Interop.strings(vector.get("values"));
    JsonNode decoded = vector.get("decoded_hex");
    for (int i = 0; decoded != null && i < texts.size(); i++) {
      String text = texts.get(i);
      if (decoded.get(i).isNull()) {
        assertThatThrownBy(() -> PayloadText.decode(text))
            .isExactlyInstanceOf(DataProtectionException.class);
      } else {
        assertThat(PayloadText.decode(text)).isEqualTo(Interop.hex(decoded.get(i)));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> cookieIsNamedByTheApplication() {
    return each(
        "antiforgery_cookie_name",
        vector ->
            assertThat(AntiforgeryTokens.cookieName(vector.get("discriminator").asString()))
                .isEqualTo(vector.get("cookie_name").asString()));
  }

  @TestFactory
  Stream<DynamicTest> userIsTheHashOfTheClaimThatIdentifiesHim() {
    return each(
        "antiforgery_claim_uid",
        vector -> {
          List<String> claim = Interop.strings(vector.get("strings"));
          TicketIdentity identity =
              TicketIdentity.of(
                  "any",
                  List.of(
                      new TicketClaim(
                          claim.get(0),
                          claim.get(1),
                          ClaimTypes.STRING,
                          claim.get(2),
                          claim.get(2),
                          Map.of()),
                      TicketClaim.of("another", "claim")));
          assertThat(AntiforgeryUser.of(List.of(identity)).claimUid())
              .isEqualTo(Interop.hex(vector.get("sha256_hex")));
        });
  }

  private interface Check {
    void run(JsonNode vector);
  }

  private static Stream<DynamicTest> each(String group, Check check) {
    int[] index = {0};
    return StreamSupport.stream(Interop.vectors().get(group).spliterator(), false)
        .map(vector -> DynamicTest.dynamicTest(group + " " + index[0]++, () -> check.run(vector)));
  }
}
