package io.sharedredis.starter;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.KeyRing;
import io.sharedredis.dataprotection.repository.FileSystemKeyRepository;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.MirroredKeyRepository;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.dataprotection.RedisKeyRepository;
import io.sharedredis.spring.web.ReadinessCondition;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** The key ring that all replicas share, and the protectors over it. */
@AutoConfiguration(after = FarmAutoConfiguration.class)
public class DataProtectionAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(DataProtectionAutoConfiguration.class);

  private static final BackgroundThread FIRST_READING =
      new BackgroundThread("shared-redis-key-ring-start");

  @Bean
  @ConditionalOnMissingBean(DataProtectionProvider.class)
  DataProtection dataProtection(
      Farm farm,
      SharedRedisProperties properties,
      KeyRepository repository,
      ObjectProvider<RedisKeyRepository> inRedis,
      ObjectProvider<DataProtectionCustomizer> customizers) {
    DataProtectionOptions.Builder options =
        DataProtectionOptions.builder()
            .applicationName(farm.applicationName())
            .replicaName(farm.replicaName())
            .keyLifetime(properties.dataProtection().keyLifetime());
    customizers.orderedStream().forEach(customizer -> customizer.customize(options));
    DataProtection protection = DataProtection.open(built(options), repository);
    inRedis.ifUnique(
        redis -> FirstContact.await(redis.firstConnected(), properties.redis().connectTimeout()));
    // Not on this thread: what opens the keys (Key Vault, an HSM) may be slower than Redis, and the
    // start waits for neither longer than for a connection.
    FirstContact.await(
        CompletableFuture.runAsync(() -> load(protection), FIRST_READING),
        properties.redis().connectTimeout());
    return protection;
  }

  private static DataProtectionOptions built(DataProtectionOptions.Builder options) {
    try {
      return options.build();
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith("requireEncryptedKeys")
          ? new InvalidSettingException(
              "shared-redis.data-protection.require-encrypted-keys",
              true,
              "is set, but nothing encrypts the keys that are made here",
              "Name a certificate or a key of Key Vault, or set"
                  + " shared-redis.data-protection.auto-generate-keys to false.")
          : new InvalidSettingException(e);
    }
  }

  private static void load(DataProtection protection) {
    try {
      KeyRing unused = protection.keyManager().refresh();
    } catch (DataProtectionException e) {
      log.warn(
          "The key ring is not there yet ({}); this replica is not ready until it is",
          e.getMessage());
    }
  }

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnBean(DataProtection.class)
  KeyManager keyManager(DataProtection protection) {
    return protection.keyManager();
  }

  @Bean
  @ConditionalOnBean(KeyManager.class)
  ReadinessCondition keyRingLoaded(KeyManager keys) {
    return new ReadinessCondition() {
      @Override
      public String name() {
        return "key-ring";
      }

      @Override
      public boolean met() {
        return keys.loadedRing().isPresent();
      }
    };
  }

  /** A ring in Redis. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(OnShared.KeyRing.class)
  static class Shared {

    @Bean
    @ConditionalOnMissingBean(KeyRepository.class)
    RedisKeyRepository keyRepository(
        RedisNetwork network, Farm farm, SharedRedisProperties properties) {
      return new RedisKeyRepository(
          network, Objects.requireNonNull(farm.keyRing()), properties.dataProtection().redisKey());
    }

    /** The ring in Redis with its copy in a directory; what is asked for by its type alone. */
    @Bean
    @Primary
    @ConditionalOnBean(RedisKeyRepository.class)
    @Conditional(OnShared.MirrorDirectory.class)
    MirroredKeyRepository mirroredKeyRepository(
        RedisKeyRepository redis, SharedRedisProperties properties) {
      String directory = Objects.requireNonNull(properties.dataProtection().mirrorDirectory());
      return new MirroredKeyRepository(redis, new FileSystemKeyRepository(Path.of(directory)));
    }
  }

  /** A ring of this replica's own. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(OnShared.NoKeyRing.class)
  static class Local {

    @Bean
    @ConditionalOnMissingBean
    KeyRepository keyRepository(SharedRedisProperties properties) {
      String directory = properties.dataProtection().directory();
      if (directory != null && !directory.isBlank()) {
        return new FileSystemKeyRepository(Path.of(directory));
      }
      log.info("The key ring is in memory: what this process protects ends with it");
      return new InMemoryKeyRepository();
    }
  }
}
