package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.atrest.SecretDecryptor;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** key-ring-provider-table.json: which key is made, which protects, how long a ring is kept. */
class KeyRingProviderTableTest {
  private final InMemoryKeyRepository repository = new InMemoryKeyRepository();

  @TestFactory
  Stream<DynamicTest> ringIsThatOfDotNet() {
    JsonNode table = Interop.json("key-ring-provider-table.json");
    Instant now = Instant.parse(table.get("now").asString());
    JsonNode scenarios = table.get("scenarios");
    return IntStream.range(0, scenarios.size())
        .mapToObj(
            i -> {
              JsonNode scenario = scenarios.get(i);
              return DynamicTest.dynamicTest(
                  scenario.get("case").asString() + " " + scenario.get("auto_generate"),
                  () -> new KeyRingProviderTableTest().check(now, scenario));
            });
  }

  private void check(Instant now, JsonNode scenario) {
    for (JsonNode key : scenario.get("keys")) {
      repository.store(item(key));
    }
    int stored = scenario.get("keys").size();
    JsonNode result = scenario.get("result");
    if (result.has("error")) {
      assertThatThrownBy(() -> load(now, scenario, 0)).isInstanceOf(DataProtectionException.class);
      return;
    }
    KeyRing ring = load(now, scenario, 0);
    JsonNode created = scenario.get("created");
    String expectedDefault = result.get("default").asString();
    if (created == null || created.isNull()) {
      assertThat(ring.keys()).hasSize(stored);
      assertThat(ring.defaultKey().id()).hasToString(expectedDefault);
    } else {
      assertThat(ring.keys()).hasSize(stored + 1);
      Key made = last(ring);
      assertThat(made.creation()).isEqualTo(created.get("creation").asString());
      assertThat(made.activation()).isEqualTo(created.get("activation").asString());
      assertThat(made.expiration()).isEqualTo(created.get("expiration").asString());
      UUID expected =
          expectedDefault.equals(created.get("id").asString())
              ? made.id()
              : UUID.fromString(expectedDefault);
      assertThat(ring.defaultKey().id()).isEqualTo(expected);
    }
    assertThat(ring.freshUntil()).isEqualTo(result.get("cache_until_jitter_0").asString());
    assertThat(load(now, scenario, 1).freshUntil())
        .isEqualTo(result.get("cache_until_jitter_1").asString());
  }

  private KeyRing load(Instant now, JsonNode scenario, double chance) {
    DataProtectionOptions options =
        DataProtectionOptions.builder()
            .autoGenerateKeys(scenario.get("auto_generate").asBoolean())
            .keyLifetime(Duration.ofDays(scenario.get("lifetime_days").asLong()))
            .refreshInterval(Duration.ofHours(24))
            .build();
    SecureRandom random = new SecureRandom();
    EntryRules rules = new EntryRules(false, null);
    return new KeyRingLoader(
            repository,
            new KeyRingReader(new SecretOpener(List.<SecretDecryptor>of(), random), rules),
            new KeyFactory(options, rules, random),
            options,
            InstantSource.fixed(now),
            () -> chance)
        .load(null);
  }

  private static Key last(KeyRing ring) {
    return ring.keys().stream().reduce((first, second) -> second).orElseThrow();
  }

  private KeyItem item(JsonNode node) {
    UUID id = UUID.fromString(node.get("id").asString());
    String xml =
        KeyElements.key(
            id,
            Instant.parse(node.get("creation").asString()),
            Instant.parse(node.get("activation").asString()),
            Instant.parse(node.get("expiration").asString()),
            KeyAlgorithm.AES_256_CBC_HMACSHA256,
            new byte[64]);
    if (!node.path("can_create_encryptor").asBoolean(true)) {
      xml = xml.replace("AES_256_CBC", "NO_SUCH_CIPHER");
    }
    if (node.path("revoked").asBoolean(false)) {
      repository.store(
          new KeyItem(KeyElements.revocation(id, Instant.EPOCH, null), "revocation-" + id));
    }
    return new KeyItem(xml, "key-" + id);
  }
}
