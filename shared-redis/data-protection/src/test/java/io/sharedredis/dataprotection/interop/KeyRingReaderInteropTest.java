package io.sharedredis.dataprotection.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** keyring-reader-verdicts.json: what .NET makes of unusual ring items. */
class KeyRingReaderInteropTest {
  @TestFactory
  Stream<DynamicTest> itemIsJudgedAsDotNetJudgesIt() {
    JsonNode verdicts = Interop.json("keyring-reader-verdicts.json");
    return StreamSupport.stream(verdicts.get("cases").spliterator(), false)
        .map(odd -> DynamicTest.dynamicTest(odd.get("case").asString(), () -> check(odd)));
  }

  private static void check(JsonNode odd) {
    List<KeyItem> items = new ArrayList<>();
    odd.get("items").forEach(item -> items.add(new KeyItem(expanded(Interop.text(item)), "")));
    JsonNode result = odd.get("result");
    try (DataProtection ring = Interop.open(items, null, Instant.parse("2025-02-15T00:00:00Z"))) {
      if (result.has("error")) {
        assertThatThrownBy(() -> ring.keyManager().ring())
            .isInstanceOf(DataProtectionException.class);
        return;
      }
      Map<String, Key> keys = new LinkedHashMap<>();
      ring.keyManager().keys().forEach(key -> keys.put(key.id().toString(), key));
      for (JsonNode expected : result.get("keys")) {
        Key key = keys.remove(expected.get("id").asString());
        assertThat(key).isNotNull();
        checkKey(expected, key);
      }
      // What is left is the key that was made because the ring had none that can be used.
      assertThat(keys.values())
          .allMatch(made -> made.creation().equals(Instant.parse("2025-02-15T00:00:00Z")))
          .hasSizeLessThan(2);
    }
  }

  private static void checkKey(JsonNode expected, Key key) {
    assertThat(key.creation())
        .isEqualTo(expected.path("creation").asString("2025-01-01T00:00:00Z"));
    assertThat(key.activation())
        .isEqualTo(expected.path("activation").asString("2025-01-03T00:00:00Z"));
    assertThat(key.expiration())
        .isEqualTo(expected.path("expiration").asString("2025-04-01T00:00:00Z"));
    assertThat(key.isRevoked()).isEqualTo(expected.path("revoked").asBoolean(false));
    JsonNode encryptor = expected.get("encryptor");
    assertThat(key.isUsable()).isEqualTo(encryptor.isString());
    if (encryptor.isString()) {
      assertThat(key.material().suite().toString().contains("GCM"))
          .isEqualTo(encryptor.asString().equals("AesGcmAuthenticatedEncryptor"));
    }
  }

  private static String expanded(String item) {
    JsonNode replacements = Interop.json("keyring-reader-verdicts.json").get("replace_in_items");
    String expanded = item;
    for (Map.Entry<String, JsonNode> replacement : replacements.properties()) {
      expanded = expanded.replace(replacement.getKey(), Interop.text(replacement.getValue()));
    }
    return expanded;
  }
}
