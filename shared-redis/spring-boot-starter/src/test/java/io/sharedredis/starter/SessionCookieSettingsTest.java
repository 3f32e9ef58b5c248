package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** When a session's id may come unprotected: while a farm changes, and not beside .NET's keys. */
class SessionCookieSettingsTest {

  private static final String FORMAT = "shared-redis.session.cookie-format";
  private static final String FORMER = "shared-redis.session.cookie.former-format";
  private static final String MIGRATE = "shared-redis.session.migrate-from";
  private static final String DOTNET = "shared-redis.session.dotnet.enabled";

  @Test
  void protectedFormIsTheOnlyOneUnlessTheFarmChangesToIt() {
    assertThat(session(Map.of()).readsUnprotected()).isTrue();
    assertThat(session(Map.of(FORMAT, "dotnet")).readsUnprotected()).isFalse();
    assertThat(session(Map.of(FORMAT, "dotnet", FORMER, "spring-session")).readsUnprotected())
        .isTrue();
    assertThat(session(Map.of(FORMAT, "dotnet", MIGRATE, "spring-session")).readsUnprotected())
        .isTrue();
    assertThat(
            session(Map.of(FORMAT, "dotnet", MIGRATE, "spring-session", DOTNET, "true"))
                .readsUnprotected())
        .isFalse();
  }

  @Test
  void settingThatWouldTakeTheNamesOfKeysForCookiesStopsTheStart() {
    assertThatThrownBy(
            () -> session(Map.of(FORMAT, "dotnet", FORMER, "spring-session", DOTNET, "true")))
        .hasStackTraceContaining(FORMER)
        .hasStackTraceContaining("Leave it out");
  }

  private static SharedRedisProperties.Session session(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("shared-redis", SharedRedisProperties.class)
        .session();
  }
}
