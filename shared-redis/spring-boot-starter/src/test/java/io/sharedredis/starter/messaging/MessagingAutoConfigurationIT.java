package io.sharedredis.starter.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.messaging.MessagingBus;
import io.sharedredis.spring.messaging.FarmUserRegistry;
import io.sharedredis.starter.FarmAutoConfiguration;
import io.sharedredis.starter.hub.BackplaneAutoConfiguration;
import io.sharedredis.testkit.RedisExtension;
import io.sharedredis.testkit.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.broker.DefaultSubscriptionRegistry;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.user.DefaultUserDestinationResolver;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.messaging.simp.user.UserDestinationResolver;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.messaging.DefaultSimpUserRegistry;

/** When messaging goes over Redis, and when Spring's is left as it is. */
@ExtendWith(RedisExtension.class)
class MessagingAutoConfigurationIT {

  private static final String WANTED = "shared-redis.messaging.backplane=redis";

  private final WebApplicationContextRunner runner =
      new WebApplicationContextRunner()
          .withPropertyValues("spring.application.name=test")
          .withConfiguration(
              AutoConfigurations.of(
                  FarmAutoConfiguration.class,
                  BackplaneAutoConfiguration.class,
                  MessagingAutoConfiguration.class));

  @Configuration(proxyBeanMethods = false)
  @EnableWebSocketMessageBroker
  static class Stomp implements WebSocketMessageBrokerConfigurer {
    @Override
    public void registerStompEndpoints(StompEndpointRegistry registry) {
      registry.addEndpoint("/ws");
    }

    @Override
    public void configureMessageBroker(MessageBrokerRegistry registry) {
      registry.enableSimpleBroker("topic.", "queue.");
      registry.setUserDestinationPrefix("user.");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableWebSocketMessageBroker
  static class WithoutBroker implements WebSocketMessageBrokerConfigurer {
    @Override
    public void registerStompEndpoints(StompEndpointRegistry registry) {
      registry.addEndpoint("/ws");
    }

    @Override
    public void configureMessageBroker(MessageBrokerRegistry registry) {
      registry.enableStompBrokerRelay("/topic").setAutoStartup(false);
    }
  }

  @Test
  void withoutThePropertyNothingOfSpringsIsTouched(RedisServer redis) {
    runner
        .withUserConfiguration(Stomp.class)
        .withPropertyValues("spring.data.redis.url=" + redis.url())
        .run(
            context -> {
              assertThat(context).hasNotFailed().doesNotHaveBean(MessagingBus.class);
              assertThat(context.getBean(SimpUserRegistry.class).getClass())
                  .isEqualTo(DefaultSimpUserRegistry.class);
              assertThat(context.getBean(UserDestinationResolver.class).getClass())
                  .isEqualTo(DefaultUserDestinationResolver.class);
              assertThat(
                      context
                          .getBean("simpleBrokerMessageHandler", SimpleBrokerMessageHandler.class)
                          .getSubscriptionRegistry()
                          .getClass())
                  .isEqualTo(DefaultSubscriptionRegistry.class);
            });
  }

  @Test
  void thePropertyAloneJoinsTheReplicasAndKeepsTheApplicationsPrefixes(RedisServer redis) {
    runner
        .withUserConfiguration(Stomp.class)
        .withPropertyValues("spring.data.redis.url=" + redis.url(), WANTED)
        .run(
            context -> {
              assertThat(context).hasNotFailed().hasSingleBean(MessagingBus.class);
              assertThat(context.getBean(SimpUserRegistry.class))
                  .isInstanceOf(FarmUserRegistry.class);
              DefaultUserDestinationResolver resolver =
                  context.getBean(DefaultUserDestinationResolver.class);
              assertThat(resolver.getDestinationPrefix()).isEqualTo("user./");
              assertThat(resolver.isRemoveLeadingSlash()).isTrue();
            });
  }

  @Test
  void applicationWithoutStompIsLeftAlone(RedisServer redis) {
    runner
        .withPropertyValues("spring.data.redis.url=" + redis.url(), WANTED)
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(MessagingBus.class));
  }

  @Test
  void brokerRelayNeedsNoneOfItAndIsNamed(RedisServer redis) {
    runner
        .withUserConfiguration(WithoutBroker.class)
        .withPropertyValues("spring.data.redis.url=" + redis.url(), WANTED)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("shared-redis.messaging.backplane")
                    .hasMessageContaining("simple broker"));
  }

  @Test
  void backplaneThatIsTurnedOffIsNamedAndAProcessAloneStandsAlone(RedisServer redis) {
    runner
        .withUserConfiguration(Stomp.class)
        .withPropertyValues(
            "spring.data.redis.url=" + redis.url(), WANTED, "shared-redis.hub.backplane=none")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("shared-redis.hub.backplane"));
    runner
        .withUserConfiguration(Stomp.class)
        .withPropertyValues("IsClusterEnv=false", WANTED)
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(MessagingBus.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10B", "3GB"})
  void settingThatCannotBeUsedStopsTheStart(String size) {
    runner
        .withUserConfiguration(Stomp.class)
        .withPropertyValues(
            "spring.data.redis.url=redis://127.0.0.1:1",
            WANTED,
            "shared-redis.messaging.max-message-size=" + size)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("maxMessageBytes"));
  }
}
