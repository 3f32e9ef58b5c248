package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.starter.FarmAutoConfiguration;
import io.sharedredis.testkit.RedisExtension;
import io.sharedredis.testkit.RedisServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

@ExtendWith(RedisExtension.class)
class BackplaneAutoConfigurationIT {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withPropertyValues("spring.application.name=test")
          .withConfiguration(
              AutoConfigurations.of(FarmAutoConfiguration.class, BackplaneAutoConfiguration.class));

  @Test
  void environmentNameOfTheOriginalJoinsTheReplicasOverThatRedis(RedisServer redis) {
    runner
        .withPropertyValues(
            "IsClusterEnv=True",
            "spring.data.redis.url=redis://127.0.0.1:1",
            "SignalrStoreConnectionString=" + redis.url())
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              HubLifetimeFactory factory = context.getBean(HubLifetimeFactory.class);
              assertThat(factory).isInstanceOf(RedisBackplane.class);
              assertThat(((RedisBackplane) factory).firstConnected()).isDone();
              SimpleMeterRegistry registry = new SimpleMeterRegistry();
              context.getBean(MeterBinder.class).bindTo(registry);
              assertThat(registry.get("shared-redis.backplane.connects").functionCounter().count())
                  .isEqualTo(1);
            });
  }

  @Test
  void reliableMessagesAreSwitchedOnByTheirProperty(RedisServer redis) {
    ApplicationContextRunner farm =
        runner.withPropertyValues(
            "IsClusterEnv=True",
            "spring.data.redis.url=redis://127.0.0.1:1",
            "SignalrStoreConnectionString=" + redis.url());
    farm.run(context -> assertThat(sendsReliably(context)).isFalse());
    farm.withPropertyValues(
            "shared-redis.hub.reliable.enabled=true",
            "shared-redis.hub.reliable.max-length=500",
            "shared-redis.hub.reliable.retention=1m")
        .run(context -> assertThat(sendsReliably(context)).isTrue());
    farm.withPropertyValues(
            "shared-redis.hub.reliable.enabled=true", "shared-redis.hub.reliable.max-length=0")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("'max-length' must be at least 1, but is 0"));
  }

  private static boolean sendsReliably(ApplicationContext context) {
    HubLifetimeFactory factory = context.getBean(HubLifetimeFactory.class);
    try (HubLifetime lifetime = factory.create("Test.Hub", List.of(new JsonHubProtocol()))) {
      return lifetime.sendsReliably();
    }
  }

  @Test
  void explicitPropertyWinsOverTheEnvironmentName(RedisServer redis) {
    runner
        .withPropertyValues(
            "IsClusterEnv=true",
            "spring.data.redis.url=redis://127.0.0.1:1",
            "SignalrStoreConnectionString=redis://127.0.0.1:1",
            "shared-redis.hub.redis.url=" + redis.url())
        .run(
            context ->
                assertThat(((RedisBackplane) context.getBean(HubLifetimeFactory.class)))
                    .satisfies(backplane -> assertThat(backplane.firstConnected()).isDone()));
  }

  @Test
  void replicaAloneHasNoBackplane() {
    for (Map.Entry<String, String> alone :
        Map.of("IsClusterEnv", "false", "shared-redis.hub.backplane", "none").entrySet()) {
      runner
          .withPropertyValues(
              "spring.data.redis.url=redis://127.0.0.1:1", alone.getKey() + "=" + alone.getValue())
          .run(
              context ->
                  assertThat(context.getBean(HubLifetimeFactory.class))
                      .isNotInstanceOf(RedisBackplane.class));
    }
  }

  @Test
  void redisThatIsAwayIsNoReasonNotToStartButShowsInTheHealth() {
    runner
        .withPropertyValues("IsClusterEnv=true", "spring.data.redis.url=redis://127.0.0.1:1")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              var health =
                  context.getBean("backplaneHealthIndicator", HealthIndicator.class).health();
              assertThat(health).isNotNull();
              assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            });
  }
}
