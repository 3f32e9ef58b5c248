package io.sharedredis.starter.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import io.sharedredis.starter.FarmAutoConfiguration;
import io.sharedredis.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Each run is a replica whose ring lies in a real Redis. */
class KeyRingInRedisIT {

  @TempDir private Path volume;
  private final RedisServer redis = RedisServer.startOwn();
  private final ApplicationContextRunner replica =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  FarmAutoConfiguration.class,
                  DataProtectionAutoConfiguration.class,
                  KeyRingHealthAutoConfiguration.class))
          .withPropertyValues(
              "shared-redis.application-name=shop", "spring.data.redis.url=" + redis.url());

  @AfterEach
  void stop() {
    redis.close();
  }

  @Test
  void mirrorBringsTheRingBackWhenReplicasAndRedisStartAnewTogether() {
    ApplicationContextRunner mirrored =
        replica.withPropertyValues(
            "shared-redis.data-protection.mirror-directory=" + volume.resolve("mirror"));
    AtomicReference<String> payload = new AtomicReference<>();
    mirrored.run(context -> payload.set(protectors(context).protector("p").protect("kept")));
    redis.restartEmpty();
    mirrored.run(
        context ->
            assertThat(protectors(context).protector("p").unprotect(payload.get()))
                .isEqualTo("kept"));
    // The ring is in Redis again, so that replicas without the volume read it as well.
    replica.run(
        context ->
            assertThat(protectors(context).protector("p").unprotect(payload.get()))
                .isEqualTo("kept"));
  }

  @Test
  void emptyMirrorSettingIsNone() {
    replica
        .withPropertyValues("shared-redis.data-protection.mirror-directory=")
        .run(context -> assertThat(protectors(context).protector("p").protect("x")).isNotEmpty());
  }

  @Test
  void healthSaysWhetherTheRingsRedisAnswers() {
    replica.run(
        context -> {
          HealthIndicator health = context.getBean("keyRingHealthIndicator", HealthIndicator.class);
          assertThat(health.health().getStatus()).isEqualTo(Status.UP);
          redis.kill();
          await()
              .atMost(Duration.ofSeconds(10))
              .until(() -> health.health().getStatus().equals(Status.DOWN));
          redis.startAgain();
          await()
              .atMost(Duration.ofSeconds(20))
              .until(() -> health.health().getStatus().equals(Status.UP));
        });
  }

  @Test
  void applicationMayBringAProviderOfItsOwn() {
    DataProtectionProvider own = (first, more) -> null;
    replica
        .withBean("own", DataProtectionProvider.class, () -> own)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context).doesNotHaveBean(KeyManager.class);
              assertThat(protectors(context)).isSameAs(own);
            });
  }

  private static DataProtectionProvider protectors(ApplicationContext context) {
    return context.getBean(DataProtectionProvider.class);
  }
}
