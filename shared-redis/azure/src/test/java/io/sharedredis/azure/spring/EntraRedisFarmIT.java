package io.sharedredis.azure.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.TokenCredential;
import io.lettuce.core.KillArgs;
import io.sharedredis.azure.redis.EntraLogin;
import io.sharedredis.azure.redis.FakeEntra;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import io.sharedredis.starter.FarmAutoConfiguration;
import io.sharedredis.starter.InvalidSettingException;
import io.sharedredis.starter.SessionAutoConfiguration;
import io.sharedredis.starter.hub.BackplaneAutoConfiguration;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/**
 * An application whose key ring, sessions and backplane log in at a real Redis with tokens that
 * expire.
 */
class EntraRedisFarmIT {

  private static WebApplicationContextRunner app(RedisServer redis, TokenCredential entra) {
    return new WebApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                FarmAutoConfiguration.class,
                BackplaneAutoConfiguration.class,
                DataProtectionAutoConfiguration.class,
                SessionAutoConfiguration.class,
                EntraRedisAutoConfiguration.class))
        .withBean(TokenCredential.class, () -> entra)
        .withBean(PublicUrl.class, () -> new PublicUrl("http://localhost:8080"))
        .withPropertyValues(
            "shared-redis.application-name=shop",
            "IsClusterEnv=true",
            "shared-redis.redis.entra-id.enabled=true",
            "spring.data.redis.url=" + redis.url());
  }

  private static <S extends Session> void useSessions(SessionRepository<S> sessions) {
    S session = sessions.createSession();
    session.setAttribute("basket", "full");
    sessions.save(session);
    assertThat(sessions.findById(session.getId()).<String>getAttribute("basket")).isEqualTo("full");
  }

  @Test
  void keyRingSessionsAndBackplaneOutliveTheirTokens() {
    try (RedisServer redis = RedisServer.startOwn();
        FakeEntra entra = new FakeEntra(redis.url(), Duration.ofMillis(2500))) {
      app(redis, entra)
          .withPropertyValues("shared-redis.redis.entra-id.allow-plaintext=true")
          .run(
              context -> {
                assertThat(context).hasNotFailed();
                KeyManager keys = context.getBean(KeyManager.class);
                var protector = context.getBean(DataProtectionProvider.class).protector("p");
                String payload = protector.protect("x");
                useSessions(context.getBean(SessionRepository.class));
                int given = entra.given.get();
                Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> entra.given.get() >= given + 2);
                keys.refresh();
                useSessions(context.getBean(SessionRepository.class));
                RedisBackplane backplane = context.getBean(RedisBackplane.class);
                assertThat(backplane.settled()).isTrue();
                assertThat(backplane.state().counters()).containsEntry("connects", 1L);
                Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                        () ->
                            assertThat(entra.admin().sync().clientList().lines())
                                .as("a connection that listens was told the token that counts now")
                                .anyMatch(
                                    line ->
                                        line.contains(" cmd=auth ") && !line.contains(" sub=0 ")));

                // Everything is cut off, and must come back with what counts now.
                entra.admin().sync().clientKill(KillArgs.Builder.user(FakeEntra.USER));
                Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .untilAsserted(
                        () -> {
                          keys.refresh();
                          useSessions(context.getBean(SessionRepository.class));
                          assertThat(backplane.settled()).isTrue();
                        });
                keys.revoke(keys.ring().defaultKey().id(), "test");
                assertThat(keys.ring().find(UUID.randomUUID())).isEmpty();
                assertThat(protector.unprotectIgnoringRevocation(payload).wasRevoked()).isTrue();
              });
    }
  }

  @Test
  void tokenIsNotSentToARedisWithoutTls() {
    try (RedisServer redis = RedisServer.startOwn();
        FakeEntra entra = new FakeEntra(redis.url(), Duration.ofMinutes(1))) {
      app(redis, entra)
          .run(
              context ->
                  assertThat(context)
                      .getFailure()
                      .rootCause()
                      .hasMessageContaining("not encrypted")
                      .hasMessageContaining("rediss://"));
    }
  }

  @Test
  void withoutTheSettingConnectionsLogInAsTheirAddressesSay() {
    try (RedisServer redis = RedisServer.startOwn();
        FakeEntra entra = new FakeEntra(redis.url(), Duration.ofMinutes(1))) {
      app(redis, entra)
          .withPropertyValues("shared-redis.redis.entra-id.enabled=false")
          .run(
              context -> {
                assertThat(context).hasNotFailed().doesNotHaveBean(EntraLogin.class);
                assertThat(entra.given).hasValue(0);
                useSessions(context.getBean(SessionRepository.class));
              });
      app(redis, entra)
          .withPropertyValues("shared-redis.redis.entra-id.deadline=0s")
          .run(
              context ->
                  assertThat(context)
                      .getFailure()
                      .rootCause()
                      .isInstanceOf(InvalidSettingException.class)
                      .hasMessageContaining("deadline is PT0S"));
    }
  }
}
