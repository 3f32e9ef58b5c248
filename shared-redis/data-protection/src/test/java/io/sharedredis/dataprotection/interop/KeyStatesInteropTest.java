package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.UnprotectResult;
import java.time.Instant;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** key-states.json: keys in every state, and what unprotecting answers. */
class KeyStatesInteropTest {
  @TestFactory
  Stream<DynamicTest> payloadOfEachKeyIsJudgedAsDotNetJudgesIt() {
    JsonNode states = Interop.json("key-states.json");
    DataProtection ring =
        Interop.open(
            Interop.items(states.get("redis_items")),
            Interop.text(states.get("application")),
            Instant.parse(states.get("now").asString()));
    assertThat(ring.keyManager().ring().defaultKey().id())
        .hasToString(states.get("default_key_id").asString());
    DataProtector protector = ring.protector("state");
    return StreamSupport.stream(states.get("states").spliterator(), false)
        .map(
            state ->
                DynamicTest.dynamicTest(
                    state.get("state").asString(), () -> check(protector, state)));
  }

  private static void check(DataProtector protector, JsonNode state) {
    byte[] payload = Interop.base64(state.get("protected_base64"));
    check(state.get("unprotect"), payload, protector::unprotectWithResult);
    check(state.get("dangerous_ignore_false"), payload, protector::unprotectWithResult);
    check(state.get("dangerous_ignore_true"), payload, protector::unprotectIgnoringRevocation);
    byte[] forged = payload.clone();
    forged[forged.length - 1] ^= 1;
    check(
        state.get("forged_dangerous_ignore_true"), forged, protector::unprotectIgnoringRevocation);
  }

  private static void check(
      JsonNode expected, byte[] payload, Function<byte[], UnprotectResult> unprotect) {
    if (expected.has("error")) {
      assertThatThrownBy(() -> unprotect.apply(payload))
          .isExactlyInstanceOf(DataProtectionException.class);
      return;
    }
    UnprotectResult result = unprotect.apply(payload);
    assertThat(result.plaintext()).isEqualTo(Interop.base64(expected.get("plaintext_base64")));
    if (expected.has("requiresMigration")) {
      assertThat(result.requiresMigration())
          .isEqualTo(expected.get("requiresMigration").asBoolean());
      assertThat(result.wasRevoked()).isEqualTo(expected.get("wasRevoked").asBoolean());
    }
  }
}
