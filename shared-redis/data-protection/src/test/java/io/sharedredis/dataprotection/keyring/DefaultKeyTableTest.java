package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.crypto.KeyMaterial;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.keyring.DefaultKeyPolicy.Decision;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** default-key-table.json: the decisions of .NET's resolver on random rings. */
class DefaultKeyTableTest {
  @TestFactory
  Stream<DynamicTest> decisionIsThatOfDotNet() {
    JsonNode table = Interop.json("default-key-table.json");
    Instant now = Instant.parse(table.get("now").asString());
    JsonNode scenarios = table.get("scenarios");
    return IntStream.range(0, scenarios.size())
        .mapToObj(
            i ->
                DynamicTest.dynamicTest(
                    "scenario " + i,
                    () -> {
                      JsonNode scenario = scenarios.get(i);
                      Decision decision = DefaultKeyPolicy.decide(now, keys(scenario.get("keys")));
                      assertThat(id(decision.defaultKey().orElse(null)))
                          .isEqualTo(Interop.text(scenario.get("default")));
                      assertThat(id(decision.fallback().orElse(null)))
                          .isEqualTo(Interop.text(scenario.get("fallback")));
                      assertThat(decision.defaultKey().isEmpty())
                          .isEqualTo(scenario.get("should_generate").asBoolean());
                    }));
  }

  static List<Key> keys(JsonNode nodes) {
    List<Key> keys = new ArrayList<>();
    for (JsonNode node : nodes) {
      boolean usable = node.path("can_create_encryptor").asBoolean(true);
      keys.add(
          new Key(
              UUID.fromString(node.get("id").asString()),
              Instant.parse(node.get("creation").asString()),
              Instant.parse(node.get("activation").asString()),
              Instant.parse(node.get("expiration").asString()),
              node.path("revoked").asBoolean(false),
              null,
              new LazyMaterial(
                  () -> {
                    if (!usable) {
                      throw new DataProtectionException("not usable");
                    }
                    return new KeyMaterial(
                        KeyAlgorithm.AES_256_GCM.suite(), new byte[64], new SecureRandom());
                  })));
    }
    return keys;
  }

  private static String id(Key key) {
    return key == null ? null : key.id().toString();
  }
}
