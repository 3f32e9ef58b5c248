package io.sharedredis.starter;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Users who are remembered beyond their session.
 *
 * @param lifetime of a cookie; not prolonged by use
 */
@ConfigurationProperties("shared-redis.security.remember-me")
public record RememberMeProperties(@DefaultValue("14d") Duration lifetime) {

  /** Longer than any browser keeps a cookie: 400 days. */
  private static final Duration LONGEST = Duration.ofDays(400);

  /** Checks the lifetime. */
  public RememberMeProperties {
    if (lifetime.toSeconds() < 1 || lifetime.compareTo(LONGEST) > 0) {
      throw new InvalidSettingException(
          "shared-redis.security.remember-me.lifetime",
          lifetime,
          "is not between 1s and 400d",
          "Give a duration such as 14d.");
    }
  }
}
