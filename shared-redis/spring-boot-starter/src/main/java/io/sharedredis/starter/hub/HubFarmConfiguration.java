package io.sharedredis.starter.hub;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.hub.ClaimTimes;
import io.sharedredis.lettuce.relay.Cuts;
import io.sharedredis.lettuce.relay.Relay;
import io.sharedredis.spring.hub.Claims;
import io.sharedredis.spring.hub.ConnectionTokens;
import io.sharedredis.spring.hub.FarmRelaySeal;
import io.sharedredis.spring.hub.HandoverSeal;
import io.sharedredis.spring.hub.Handovers;
import io.sharedredis.spring.hub.LocalConnectionTokens;
import io.sharedredis.spring.hub.ProtectedConnectionTokens;
import io.sharedredis.starter.Farm;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What hub connections share with the other replicas: tokens, claims, relay, hand-over. */
@Configuration(proxyBeanMethods = false)
class HubFarmConfiguration {

  @Bean
  @ConditionalOnMissingBean
  ConnectionTokens hubConnectionTokens(
      HubProperties properties, Farm farm, ObjectProvider<DataProtectionProvider> dataProtection) {
    DataProtectionProvider provider = dataProtection.getIfAvailable();
    // One replica alone remembers what it has handed out, as ASP.NET Core does.
    if (provider == null || farm.backplane() == null) {
      return new LocalConnectionTokens(
          new ConnectionIds(), properties.connectTimeout(), System::nanoTime);
    }
    DataProtector protector = provider.protector("SharedRedis.Hub.ConnectionToken", "v1");
    return new ProtectedConnectionTokens(
        protector::protect,
        token -> unprotected(protector, token),
        properties.connectTimeout(),
        InstantSource.system());
  }

  private static @Nullable String unprotected(DataProtector protector, String token) {
    try {
      return protector.unprotect(token);
    } catch (DataProtectionException e) {
      return null;
    }
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  HubFarm hubFarm(
      Farm farm,
      HubServerName server,
      RedisNetwork network,
      HubProperties properties,
      HubLifetimeFactory lifetimes,
      ObjectProvider<DataProtectionProvider> dataProtection,
      @Qualifier("hubExecutor") ExecutorService executor,
      @Qualifier("backplaneTimers") ScheduledThreadPoolExecutor timers) {
    RedisAddress address = farm.backplane();
    if (address == null || !(lifetimes instanceof RedisBackplane backplane)) {
      return HubFarm.alone();
    }
    DataProtectionProvider protection = dataProtection.getIfAvailable();
    return HubFarm.over(
        network,
        address,
        farm.applicationName(),
        server.value(),
        ClaimTimes.forTokensOf(properties.connectTimeout()),
        relay(backplane, farm, server, protection, executor, timers),
        handovers(backplane, farm, server, protection, timers));
  }

  // Without a key ring nothing tells other replicas from whoever else may publish.
  private static @Nullable Relay relay(
      RedisBackplane backplane,
      Farm farm,
      HubServerName server,
      @Nullable DataProtectionProvider dataProtection,
      ExecutorService executor,
      ScheduledThreadPoolExecutor timers) {
    return dataProtection == null
        ? null
        : new Relay(
            backplane.relayWire(),
            farm.applicationName(),
            server.value(),
            executor,
            timers,
            new SecureRandom(),
            new FarmRelaySeal(dataProtection),
            InstantSource.system());
  }

  private static @Nullable Handovers handovers(
      RedisBackplane backplane,
      Farm farm,
      HubServerName server,
      @Nullable DataProtectionProvider dataProtection,
      ScheduledThreadPoolExecutor timers) {
    if (dataProtection == null) {
      return null;
    }
    return new Handovers(
        new Cuts(backplane.relayWire(), farm.applicationName(), server.value()),
        new HandoverSeal(dataProtection),
        timers);
  }

  @Bean
  @ConditionalOnMissingBean
  Claims hubClaims(ConnectionTokens tokens, HubFarm farm, HubProperties properties) {
    return new Claims(
        tokens,
        new LocalConnectionTokens(
            new ConnectionIds(), properties.connectTimeout(), System::nanoTime),
        farm.claims(),
        properties.disconnectTimeout(),
        System::nanoTime);
  }
}
