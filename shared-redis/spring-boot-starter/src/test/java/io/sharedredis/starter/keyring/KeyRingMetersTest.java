package io.sharedredis.starter.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.TimeLimitedDataProtector;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.testkit.MutableClock;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What meters, health and log say of a ring. */
@ExtendWith(OutputCaptureExtension.class)
class KeyRingMetersTest {

  private static final String PREFIX = "shared-redis.key-ring.";

  private final MutableClock clock = MutableClock.at("2026-11-22T12:00:00Z");
  private final InMemoryKeyRepository store = new InMemoryKeyRepository();
  private final DataProtection ring =
      new DataProtection(
          DataProtectionOptions.builder().replicaName("replica-7").build(),
          store,
          clock,
          new SecureRandom(),
          Executors.newSingleThreadScheduledExecutor());
  private final KeyManager keys = ring.keyManager();
  private final TimedProvider timed = new TimedProvider(ring);
  private final DataProtector protector = timed.protector("test");
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @BeforeEach
  void bind() {
    new KeyRingMeters(keys, ring.counters(), timed, clock).bindTo(registry);
    keys.refresh();
  }

  @AfterEach
  void close() {
    ring.close();
  }

  @Test
  void keysAreCountedByState() {
    assertThat(keysIn("active")).isEqualTo(1);
    keys.create();
    assertThat(keysIn("created")).isEqualTo(1);
    keys.revoke(keys.ring().defaultKey().id(), "test");
    assertThat(keysIn("revoked")).isEqualTo(1);
    clock.advance(Duration.ofDays(400));
    assertThat(keysIn("expired")).isGreaterThanOrEqualTo(1);
    assertThat(keysIn("revoked")).isEqualTo(1);
  }

  @Test
  void ageAndDaysUntilExpiryFollowTheClock() {
    assertThat(days("default-key.expires")).isEqualTo(90.0);
    clock.advance(Duration.ofHours(12));
    assertThat(days("default-key.expires")).isEqualTo(89.5);
    assertThat(registry.get(PREFIX + "age").timeGauge().value(TimeUnit.HOURS)).isEqualTo(12);
    keys.refresh();
    assertThat(registry.get(PREFIX + "age").timeGauge().value(TimeUnit.HOURS)).isZero();
  }

  @Test
  void refreshesUnknownKeysRevokedUsesAndRefusalsAreCounted() {
    double before = count("refreshes");
    keys.refresh();
    assertThat(count("refreshes")).as("more where an announcement arrives").isGreaterThan(before);

    try (DataProtection stranger = DataProtection.ephemeral()) {
      String foreign = stranger.protector("test").protect("secret");
      assertThatThrownBy(() -> protector.unprotect(foreign))
          .isInstanceOf(DataProtectionException.class);
    }
    assertThat(count("unknown-keys")).isEqualTo(1);
    assertThat(count("revoked-uses")).isZero();
    String sealed = protector.protect("secret");
    keys.revoke(keys.ring().defaultKey().id(), "test");
    assertThatThrownBy(() -> protector.unprotect(sealed))
        .isInstanceOf(DataProtectionException.class);
    assertThat(count("revoked-uses")).isEqualTo(1);
    assertThat(count("refused")).isEqualTo(2);
    assertThat(count("refreshes.failed")).isZero();
  }

  @Test
  void everyFormOfProtectAndUnprotectIsTimed() {
    byte[] bytes = "secret".getBytes(StandardCharsets.UTF_8);
    Duration life = Duration.ofMinutes(1);
    TimeLimitedDataProtector limited = protector.protector("sub").timeLimited().protector("sub");
    String text = protector.protect("secret");
    byte[] payload = protector.protect(bytes);
    String limitedText = limited.protect("secret", life);
    byte[] limitedPayload = limited.protect(bytes, life);
    limited.protect("secret", clock.instant());
    limited.protect(bytes, clock.instant());
    limited.protect("secret");
    limited.protect(bytes);
    assertThat(registry.get(PREFIX + "protect").functionTimer().count()).isEqualTo(8);
    assertThat(registry.get(PREFIX + "protect").functionTimer().totalTime(TimeUnit.NANOSECONDS))
        .isPositive();

    assertThat(protector.unprotect(text)).isEqualTo("secret");
    assertThat(protector.unprotect(payload)).isEqualTo(bytes);
    assertThat(protector.unprotectWithResult(text).text()).isEqualTo("secret");
    assertThat(protector.unprotectWithResult(payload).plaintext()).isEqualTo(bytes);
    assertThat(protector.unprotectIgnoringRevocation(text).text()).isEqualTo("secret");
    assertThat(protector.unprotectIgnoringRevocation(payload).plaintext()).isEqualTo(bytes);
    assertThat(limited.unprotect(limitedText)).isEqualTo("secret");
    assertThat(limited.unprotect(limitedPayload)).isEqualTo(bytes);
    assertThat(limited.unprotectWithExpiration(limitedPayload).plaintext()).isEqualTo(bytes);
    assertThat(limited.unprotectIgnoringRevocation(limitedPayload).plaintext()).isEqualTo(bytes);
    assertThatThrownBy(() -> protector.unprotect("CfDJ8")).isNotNull();
    assertThat(registry.get(PREFIX + "unprotect").functionTimer().count())
        .as("without the one that was refused")
        .isEqualTo(10);
  }

  @Test
  void changeOfTheDefaultKeySaysWhoFromToWhenAndWhy(CapturedOutput output) {
    String first = keys.ring().defaultKey().id().toString();
    assertThat(output).contains("replica-7 protects with key " + first);
    // Of keys that begin in one instant the ids decide, a revoked one included.
    clock.advance(Duration.ofSeconds(1));
    keys.revoke(keys.ring().defaultKey().id(), "test");
    String second = keys.ring().defaultKey().id().toString();
    assertThat(output)
        .contains(
            "replica-7 changes the default key from "
                + first
                + " to "
                + second
                + " at 2026-11-22T12:00:01Z: the old one was revoked");
    clock.advance(Duration.ofDays(91));
    keys.refresh();
    String third = keys.ring().defaultKey().id().toString();
    assertThat(output)
        .contains("from " + second + " to " + third)
        .contains("the old one has expired");
    assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
  }

  @Test
  void healthIsUpWithAGoodDefaultKeyAndDownWithoutOne() {
    KeyRingHealth health = new KeyRingHealth(keys, null, clock);
    Health good = health.health();
    assertThat(good.getStatus()).isEqualTo(Status.UP);
    assertThat(good.getDetails())
        .containsEntry("keys", 1)
        .containsEntry("defaultKey", keys.ring().defaultKey().id())
        .containsKeys("defaultKeyExpires", "loadedAt");
    clock.advance(Duration.ofDays(90));
    assertThat(health.health().getStatus()).as("expired, not rotated").isEqualTo(Status.DOWN);

    try (DataProtection empty =
        new DataProtection(
            DataProtectionOptions.builder().autoGenerateKeys(false).build(),
            new InMemoryKeyRepository(),
            clock,
            new SecureRandom(),
            Executors.newSingleThreadScheduledExecutor())) {
      Health none = new KeyRingHealth(empty.keyManager(), null, clock).health();
      assertThat(none.getStatus()).isEqualTo(Status.DOWN);
      assertThat(none.getDetails()).containsEntry("problem", "this replica has no key ring yet");
    }
  }

  private double keysIn(String state) {
    return registry.get(PREFIX + "keys").tag("state", state).gauge().value();
  }

  private double days(String name) {
    return registry.get(PREFIX + name).timeGauge().value(TimeUnit.DAYS);
  }

  private double count(String name) {
    return registry.get(PREFIX + name).functionCounter().count();
  }
}
