package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.starter.hub.BackplaneAutoConfiguration;
import io.sharedredis.testkit.FreePorts;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.TlsIdentity;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/** An application whose Redis speaks TLS with a certificate that no browser would trust. */
class RedisTlsIT {

  private static TlsIdentity identity;
  private static RedisServer redis;
  private static String url;

  @BeforeAll
  static void start() {
    identity = TlsIdentity.create();
    int port = FreePorts.one();
    redis = RedisServer.start(identity.serving(RedisOptions.defaults(), port));
    url = "rediss://127.0.0.1:" + port;
  }

  @AfterAll
  static void stop() {
    redis.close();
    identity.close();
  }

  private static WebApplicationContextRunner app(TlsIdentity trusted, String... settings) {
    return new WebApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                SslAutoConfiguration.class,
                FarmAutoConfiguration.class,
                BackplaneAutoConfiguration.class,
                DataProtectionAutoConfiguration.class,
                SessionAutoConfiguration.class))
        .withBean(PublicUrl.class, () -> new PublicUrl("http://localhost:8080"))
        .withPropertyValues(
            "shared-redis.application-name=shop",
            "IsClusterEnv=true",
            "shared-redis.redis.connect-timeout=10s",
            "shared-redis.redis.command-timeout=5s",
            "spring.ssl.bundle.pem.cache.truststore.certificate=file:" + trusted.certificate(),
            "spring.data.redis.url=" + url)
        .withPropertyValues(settings);
  }

  private static <S extends Session> void useSessions(SessionRepository<S> sessions) {
    S session = sessions.createSession();
    session.setAttribute("basket", "full");
    sessions.save(session);
    assertThat(sessions.findById(session.getId()).<String>getAttribute("basket")).isEqualTo("full");
  }

  @Test
  void keyRingSessionsAndBackplaneTrustTheAuthorityOfTheBundle() {
    for (String setting :
        new String[] {
          "spring.data.redis.ssl.bundle=cache", "shared-redis.redis.ssl-bundle=cache"
        }) {
      app(identity, setting)
          .run(
              context -> {
                assertThat(context).hasNotFailed();
                var protector = context.getBean(DataProtectionProvider.class).protector("p");
                assertThat(protector.unprotect(protector.protect("x"))).isEqualTo("x");
                useSessions(context.getBean(SessionRepository.class));
                RedisBackplane backplane = context.getBean(RedisBackplane.class);
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(backplane::settled);
              });
    }
  }

  @Test
  void anotherAuthorityNoneAndAnUnknownBundleStopTheStart() {
    try (TlsIdentity other = TlsIdentity.create()) {
      app(other, "spring.data.redis.ssl.bundle=cache")
          .run(
              context ->
                  assertThat(context)
                      .getFailure()
                      .rootCause()
                      .isInstanceOf(InvalidSettingException.class)
                      .hasMessageContaining(url)
                      .hasMessageContaining("not trusted"));
    }
    app(identity)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("ssl.bundle"));
    app(identity, "shared-redis.redis.ssl-bundle=cash")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("shared-redis.redis.ssl-bundle")
                    .hasMessageContaining("cash"));
  }
}
