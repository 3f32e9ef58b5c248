package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.keyring.Key;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** keyrings.json: dates, revocations and secrets of every key of every ring. */
class KeyRingsInteropTest {
  @TestFactory
  Stream<DynamicTest> keysOfARingAreThoseDotNetMade() {
    return StreamSupport.stream(Interop.json("keyrings.json").get("rings").spliterator(), false)
        .map(ring -> DynamicTest.dynamicTest(ring.get("name").asString(), () -> check(ring)));
  }

  private static void check(JsonNode ring) {
    DataProtection opened = Interop.open(ring.get("name").asString(), null);
    for (JsonNode expected : ring.get("keys")) {
      UUID id = UUID.fromString(expected.get("id").asString());
      Key key = opened.keyManager().ring().find(id).orElseThrow();
      assertThat(key.creation()).isEqualTo(expected.get("creation").asString());
      assertThat(key.activation()).isEqualTo(expected.get("activation").asString());
      assertThat(key.expiration()).isEqualTo(expected.get("expiration").asString());
      assertThat(key.isRevoked()).isEqualTo(expected.path("revoked").asBoolean(false));
      assertThat(key.material().hasMasterKey(Interop.base64(expected.get("master_key_base64"))))
          .isTrue();
    }
  }
}
