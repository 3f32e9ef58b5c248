package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.TimeLimitedDataProtector;
import io.sharedredis.dataprotection.TimeLimitedDataProtector.Expiring;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** time-limited.json: expiry inside the payload, to the tick. */
class TimeLimitedInteropTest {
  private static final String LAST_PURPOSE =
      "Microsoft.AspNetCore.DataProtection.TimeLimitedDataProtector.v1";

  @TestFactory
  Stream<DynamicTest> payloadIsReadWithItsExpiry() {
    return cases(Interop.json("time-limited.json").get("payloads"), this::checkPayload);
  }

  @TestFactory
  Stream<DynamicTest> forgedExpiryIsRefused() {
    JsonNode forged = Interop.json("time-limited.json").get("forged_inner_plaintexts");
    return cases(
        forged.get("cases"),
        one -> {
          DataProtection ring = ring(forged);
          byte[] payload = Interop.base64(one.get("protected_base64"));
          assertThat(plain(ring, Interop.strings(one.get("purposes"))).unprotect(payload))
              .isEqualTo(Interop.hex(one.get("inner_plaintext_hex")));
          checkResult(
              Interop.protector(ring, Interop.strings(one.get("purposes"))).timeLimited(),
              payload,
              one.get("result"));
        });
  }

  @TestFactory
  Stream<DynamicTest> instantOfExpiryIsTheLastThatIsAccepted() {
    JsonNode edge = Interop.json("time-limited.json").get("instant_of_expiry");
    return StreamSupport.stream(edge.get("results").spliterator(), false)
        .map(
            at ->
                DynamicTest.dynamicTest(
                    at.get("now_minus_expiration_ticks").asString() + " ticks",
                    () -> {
                      DataProtection ring =
                          Interop.open(
                              Interop.items(
                                  Interop.ring(edge.get("ring").asString()).get("redis_items")),
                              Interop.text(edge.get("application")),
                              OffsetDateTime.parse(at.get("now").asString()).toInstant());
                      checkResult(
                          Interop.protector(ring, Interop.strings(edge.get("purposes")))
                              .timeLimited(),
                          Interop.base64(edge.get("protected_base64")),
                          at.get("result"));
                    }));
  }

  private void checkPayload(JsonNode one) {
    DataProtection ring = ring(one);
    List<String> purposes = Interop.strings(one.get("purposes"));
    DataProtector protector = Interop.protector(ring, purposes);
    if (one.has("protected_text")) {
      assertThat(protector.timeLimited().unprotect(one.get("protected_text").asString()))
          .isEqualTo(one.get("plaintext_text").asString());
      return;
    }
    byte[] payload = Interop.base64(one.get("protected_base64"));
    byte[] inner = Interop.hex(one.get("inner_plaintext_hex"));
    assertThat(plain(ring, purposes).unprotect(payload)).isEqualTo(inner);
    assertThatThrownBy(() -> protector.unprotect(payload))
        .isInstanceOf(DataProtectionException.class);
    if (one.has("unprotect")) {
      checkResult(protector.timeLimited(), payload, one.get("unprotect"));
    }
    // Ours has the same inner plaintext.
    TimeLimitedDataProtector limited = protector.timeLimited();
    byte[] plaintext = Interop.base64(one.get("plaintext_base64"));
    byte[] again =
        one.has("expiration_given")
            ? limited.protect(plaintext, instant(one.get("expiration_given")))
            : limited.protect(plaintext);
    assertThat(plain(ring, purposes).unprotect(again)).isEqualTo(inner);
  }

  private static void checkResult(
      TimeLimitedDataProtector protector, byte[] payload, JsonNode result) {
    if (result.has("error")) {
      assertThatThrownBy(() -> protector.unprotect(payload))
          .isExactlyInstanceOf(DataProtectionException.class);
      return;
    }
    Expiring opened = protector.unprotectWithExpiration(payload);
    assertThat(opened.plaintext()).isEqualTo(Interop.base64(result.get("plaintext_base64")));
    assertThat(opened.expiration()).isEqualTo(instant(result.get("expiration_out")));
  }

  private static DataProtection ring(JsonNode one) {
    return Interop.open(one.get("ring").asString(), Interop.text(one.get("application")));
  }

  private static DataProtector plain(DataProtection ring, List<String> purposes) {
    List<String> all = new ArrayList<>(purposes);
    all.add(LAST_PURPOSE);
    return Interop.protector(ring, all);
  }

  private static Instant instant(JsonNode node) {
    return OffsetDateTime.parse(node.asString()).toInstant();
  }

  private interface Check {
    void run(JsonNode one);
  }

  private static Stream<DynamicTest> cases(JsonNode array, Check check) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(one -> DynamicTest.dynamicTest(one.get("case").asString(), () -> check.run(one)));
  }
}
