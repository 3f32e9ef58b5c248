package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.keyring.KeyFactory.NewKey;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** key-rotation-sequence.json: one ring while the clock moves. */
class KeyRotationSequenceTest {
  private static final EntryRules RULES = new EntryRules(false, null);
  private final SecureRandom random = new SecureRandom();

  @Test
  void keysFollowEachOtherAsInDotNet() {
    InMemoryKeyRepository repository = new InMemoryKeyRepository();
    DataProtectionOptions options =
        DataProtectionOptions.builder().refreshInterval(Duration.ofHours(24)).build();
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    KeyRingLoader loader =
        new KeyRingLoader(
            repository,
            new KeyRingReader(new SecretOpener(List.of(), random), RULES),
            new KeyFactory(options, RULES, random),
            options,
            now::get,
            () -> 0);
    Map<String, UUID> ids = new HashMap<>();
    int stored = 0;
    for (JsonNode step : Interop.json("key-rotation-sequence.json").get("steps")) {
      now.set(Instant.parse(step.get("now").asString()));
      KeyRing ring = loader.load(null);
      stored += step.get("stored").size();
      assertThat(ring.keys()).as("day " + step.get("day")).hasSize(stored);
      for (JsonNode made : step.get("stored")) {
        Key key = ring.keys().stream().reduce((first, last) -> last).orElseThrow();
        ids.put(made.get("id").asString(), key.id());
        assertThat(key.creation()).isEqualTo(made.get("creation").asString());
        assertThat(key.activation()).isEqualTo(made.get("activation").asString());
        assertThat(key.expiration()).isEqualTo(made.get("expiration").asString());
      }
      assertThat(ring.defaultKey().id()).isEqualTo(ids.get(step.get("default").asString()));
      assertThat(ring.freshUntil()).isEqualTo(step.get("cache_until_jitter_0").asString());
    }
  }

  @Test
  void creationDateIsTheSoonerOfActivationAndNow() {
    for (JsonNode dates : Interop.json("key-rotation-sequence.json").get("creation_dates")) {
      NewKey made =
          new KeyFactory(DataProtectionOptions.builder().build(), RULES, random)
              .create(
                  Instant.parse(dates.get("now").asString()),
                  Instant.parse(dates.get("activation").asString()),
                  Instant.parse(dates.get("expiration").asString()));
      assertThat(made.key().creation()).isEqualTo(dates.get("creation").asString());
    }
  }

  @Test
  void lifetimeUnderAWeekIsRefused() {
    for (JsonNode lifetime : Interop.json("key-rotation-sequence.json").get("lifetimes")) {
      Duration duration =
          Duration.ofMinutes((long) (lifetime.get("new_key_lifetime_days").asDouble() * 1440));
      if (lifetime.get("result").isString()) {
        assertThat(DataProtectionOptions.builder().keyLifetime(duration).build().keyLifetime())
            .isEqualTo(duration);
      } else {
        assertThatThrownBy(() -> DataProtectionOptions.builder().keyLifetime(duration))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("keyLifetime")
            .hasMessageContaining(duration.toString());
      }
    }
  }

  @Test
  void constantsAreThoseOfDotNet() {
    JsonNode constants = Interop.json("key-rotation-sequence.json").get("constants");
    assertThat(constants.get("KeyPropagationWindow").asString()).isEqualTo("2.00:00:00");
    assertThat(DefaultKeyPolicy.PROPAGATION).isEqualTo(Duration.ofDays(2));
    assertThat(constants.get("KeyRingRefreshPeriod").asString()).isEqualTo("1.00:00:00");
    assertThat(DefaultKeyPolicy.DOTNET_REFRESH).isEqualTo(Duration.ofDays(1));
    assertThat(constants.get("MaxServerClockSkew").asString()).isEqualTo("00:05:00");
    assertThat(DefaultKeyPolicy.CLOCK_SKEW).isEqualTo(Duration.ofMinutes(5));
    assertThat(constants.get("NewKeyLifetime").asString()).isEqualTo("90.00:00:00");
    assertThat(DataProtectionOptions.builder().build().keyLifetime())
        .isEqualTo(Duration.ofDays(90));
  }
}
