package io.sharedredis.starter;

import io.sharedredis.lettuce.connection.FirstContact;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLogin;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.netty.HubLoops;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The settings of the farm and the network that all Redis connections of a replica share. */
@AutoConfiguration
@EnableConfigurationProperties(SharedRedisProperties.class)
public class FarmAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(FarmAutoConfiguration.class);

  @Bean
  @ConditionalOnMissingBean
  Farm farm(Environment environment, SharedRedisProperties properties) {
    Farm farm = new FarmSettings(environment, properties).resolve();
    log.info(
        "Replica {} of {} at {}: key ring {}, hub backplane {}, sessions {}",
        farm.replicaName(),
        farm.applicationName(),
        farm.publicUrl(),
        farm.keyRing() == null ? "local" : farm.keyRing(),
        farm.backplane() == null ? "none" : farm.backplane(),
        farm.sessions() == null ? "in memory" : farm.sessions());
    return farm;
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  HubLoops hubLoops() {
    return HubLoops.forThisMachine();
  }

  // Hubs and Redis share the loops: what comes from Redis goes to clients without another thread.
  @Bean
  @ConditionalOnMissingBean
  RedisNetwork redisNetwork(
      SharedRedisProperties properties,
      Farm farm,
      ObjectProvider<RedisLogin> login,
      ObjectProvider<SslBundles> bundles,
      Environment environment,
      HubLoops loops) {
    RedisNetwork network =
        new RedisNetwork(
            new RedisDeadlines(
                properties.redis().commandTimeout(),
                properties.redis().connectTimeout(),
                RedisDeadlines.DEFAULT.reconnectAtMost()),
            login.getIfAvailable(() -> RedisLogin.BY_ADDRESS),
            RedisTls.options(environment, bundles.getIfAvailable()),
            loops.group());
    try {
      Stream.of(farm.keyRing(), farm.backplane(), farm.sessions())
          .filter(Objects::nonNull)
          .distinct()
          .forEach(address -> FirstContact.check(network, address));
    } catch (IllegalArgumentException e) {
      network.close();
      throw new InvalidSettingException(e);
    }
    return network;
  }
}
