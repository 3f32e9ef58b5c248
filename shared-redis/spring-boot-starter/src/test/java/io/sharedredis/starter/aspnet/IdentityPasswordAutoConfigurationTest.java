package io.sharedredis.starter.aspnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.spring.security.aspnet.IdentityPasswordEncoder;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;

class IdentityPasswordAutoConfigurationTest {

  private static final String PREFIX = "shared-redis.security.identity-passwords.";

  private final ApplicationContextRunner app =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(IdentityPasswordAutoConfiguration.class));

  @Test
  void encoderIsThereOnlyWhenAskedFor() {
    app.run(context -> assertThat(context).doesNotHaveBean(PasswordEncoder.class));
    app.withPropertyValues(PREFIX + "version=v3", PREFIX + "iterations=20000")
        .run(
            context ->
                // 01, SHA-512, 20,000
                assertThat(context.getBean(PasswordEncoder.class).encode("secret"))
                    .startsWith("AQAAAAIAAE4g"));
    app.withPropertyValues(PREFIX + "version=v2")
        .run(
            context ->
                assertThat(context.getBean(PasswordEncoder.class).encode("secret")).hasSize(68));
  }

  @Test
  void encoderOfTheApplicationWins() {
    app.withPropertyValues(PREFIX + "version=v3")
        .withBean(PasswordEncoder.class, PasswordEncoderFactories::createDelegatingPasswordEncoder)
        .run(context -> assertThat(context).doesNotHaveBean(IdentityPasswordEncoder.class));
  }

  @Test
  void settingThatCannotBeUsedStopsTheStartAndIsNamed() {
    app.withPropertyValues(PREFIX + "version=v3", PREFIX + "iterations=10")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining(PREFIX + "iterations")
                    .hasMessageContaining("10"));
    app.withPropertyValues(PREFIX + "version=v4")
        .run(context -> assertThat(context).getFailure().hasStackTraceContaining(PREFIX));
  }
}
