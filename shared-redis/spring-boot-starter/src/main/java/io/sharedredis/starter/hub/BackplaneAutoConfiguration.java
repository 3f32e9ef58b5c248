package io.sharedredis.starter.hub;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.hub.lifetime.InProcessHubLifetime;
import io.sharedredis.lettuce.backplane.BackplaneMeters;
import io.sharedredis.lettuce.backplane.BackplaneOptions;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.presence.PresenceTimes;
import io.sharedredis.lettuce.presence.RedisPresence;
import io.sharedredis.starter.Farm;
import io.sharedredis.starter.FarmAutoConfiguration;
import io.sharedredis.starter.InvalidSettingException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Joins this replica's hubs with those of other replicas, or leaves them alone. */
@AutoConfiguration(after = FarmAutoConfiguration.class)
@EnableConfigurationProperties({
  BackplaneProperties.class,
  PresenceProperties.class,
  ReliableProperties.class
})
public class BackplaneAutoConfiguration {

  private final SecureRandom random = new SecureRandom();

  @Bean
  BackplaneMeters backplaneMeters() {
    return new BackplaneMeters();
  }

  /** Timers of the backplane; they never block, so one thread is enough. */
  @Bean(defaultCandidate = false, destroyMethod = "shutdownNow")
  ScheduledThreadPoolExecutor backplaneTimers() {
    ScheduledThreadPoolExecutor timers =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "hub-backplane");
              thread.setDaemon(true);
              return thread;
            });
    timers.setRemoveOnCancelPolicy(true);
    return timers;
  }

  /**
   * This process's name among the replicas: unique and fresh at each start, in the form .NET gives
   * it: name, underscore, 32 hex digits.
   */
  @Bean
  @ConditionalOnMissingBean
  HubServerName hubServerName(Farm farm) {
    byte[] unique = new byte[16];
    random.nextBytes(unique);
    return new HubServerName(
        farm.replicaName().replace(' ', '-') + "_" + HexFormat.of().formatHex(unique));
  }

  @Bean
  @ConditionalOnMissingBean
  HubLifetimeFactory hubLifetimeFactory(
      Farm farm,
      HubServerName server,
      RedisNetwork network,
      BackplaneProperties properties,
      ReliableProperties reliable,
      PresenceProperties presence,
      BackplaneMeters meters) {
    RedisAddress address = farm.backplane();
    if (address == null) {
      return (hub, protocols) -> new InProcessHubLifetime();
    }
    RedisBackplane backplane;
    try {
      BackplaneOptions options =
          BackplaneOptions.named(server.value())
              .withChannelPrefix(properties.channelPrefix())
              .withAckDeadline(properties.ackTimeout())
              .withProbe(properties.probeInterval(), network.deadlines().connect())
              .withPartitions(properties.partitions());
      backplane =
          new RedisBackplane(
              network,
              address,
              options,
              reliable.options(address),
              InstantSource.system(),
              backplaneTimers(),
              random,
              meters);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(e);
    }
    if (presence.enabled()) {
      backplane.record(
          new RedisPresence(network, address, farm.applicationName(), times(presence)));
    }
    awaitFirstContact(backplane, network);
    return backplane;
  }

  private static PresenceTimes times(PresenceProperties presence) {
    try {
      return new PresenceTimes(presence.beat(), presence.lease(), PresenceTimes.DEFAULT.refresh());
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(
          "shared-redis.hub.presence.lease",
          presence.lease(),
          "does not go with a beat of " + presence.beat(),
          "Make the lease at least two beats, and both longer than nothing.");
    }
  }

  /**
   * A Redis that is there is joined before the first client comes; one that is away delays little.
   */
  private static void awaitFirstContact(RedisBackplane backplane, RedisNetwork network) {
    try {
      Object unused =
          backplane
              .firstConnected()
              .get(network.deadlines().connect().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      if (e.getCause() instanceof IllegalArgumentException never) {
        backplane.close();
        throw new InvalidSettingException(never);
      }
      // It goes on in the background; the backplane has said so in the log.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Bean
  @ConditionalOnMissingBean(name = "backplaneHealthIndicator")
  HealthIndicator backplaneHealthIndicator(HubLifetimeFactory factory) {
    return () -> {
      if (!(factory instanceof RedisBackplane backplane)) {
        return Health.unknown().build();
      }
      Health.Builder health = backplane.settled() ? Health.up() : Health.down();
      return health.withDetail("subscriptions", backplane.subscriptions()).build();
    };
  }

  /** Where there is an actuator. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
  static class Operated {

    @Bean
    @ConditionalOnAvailableEndpoint
    @ConditionalOnMissingBean
    BackplaneEndpoint backplaneEndpoint(HubLifetimeFactory factory) {
      return new BackplaneEndpoint(factory);
    }
  }

  /** Meters, where the application has a registry for them. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterBinder.class)
  static class Metered {

    @Bean
    MeterBinder backplaneMeterBinder(BackplaneMeters meters, HubLifetimeFactory factory) {
      return new BackplaneMeterBinder(meters, factory);
    }
  }
}
