package io.sharedredis.starter.messaging;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.lettuce.messaging.MessagingBus;
import io.sharedredis.lettuce.messaging.MessagingMeters;
import io.sharedredis.spring.messaging.BrokerBackplane;
import io.sharedredis.spring.messaging.FarmUserRegistry;
import io.sharedredis.spring.messaging.LocalSessions;
import io.sharedredis.spring.messaging.MessagingPostProcessor;
import io.sharedredis.starter.Farm;
import io.sharedredis.starter.hub.BackplaneAutoConfiguration;
import java.security.SecureRandom;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.messaging.simp.user.UserDestinationMessageHandler;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurationSupport;

/**
 * Spring's simple broker across replicas: for applications with
 * {@code @EnableWebSocketMessageBroker} that say {@code shared-redis.messaging.backplane: redis}.
 */
@AutoConfiguration(after = BackplaneAutoConfiguration.class)
@ConditionalOnClass(WebSocketMessageBrokerConfigurationSupport.class)
@ConditionalOnBean(WebSocketMessageBrokerConfigurationSupport.class)
@ConditionalOnProperty(name = "shared-redis.messaging.backplane", havingValue = "redis")
@EnableConfigurationProperties(MessagingProperties.class)
public class MessagingAutoConfiguration {

  @Bean
  MessagingMeters messagingMeters() {
    return new MessagingMeters();
  }

  /** Tells the other replicas of users; it never waits, so one thread is enough. */
  @Bean(defaultCandidate = false, destroyMethod = "shutdownNow")
  ScheduledThreadPoolExecutor messagingTimers() {
    ScheduledThreadPoolExecutor timers =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "messaging-users");
              thread.setDaemon(true);
              return thread;
            });
    timers.setRemoveOnCancelPolicy(true);
    return timers;
  }

  @Bean(destroyMethod = "close")
  MessagingBus messagingBus(
      Farm farm,
      HubLifetimeFactory lifetimes,
      MessagingProperties properties,
      MessagingMeters meters,
      Environment environment) {
    return new MessagingBus(
        BackplaneWire.of(lifetimes, environment),
        properties.options(farm.applicationName()),
        new SecureRandom().nextLong(1, Long.MAX_VALUE),
        meters,
        messagingTimers(),
        System::nanoTime);
  }

  @Bean
  static MessagingPostProcessor messagingPostProcessor(ObjectProvider<MessagingBus> bus) {
    return new MessagingPostProcessor(bus::getObject);
  }

  @Bean
  LocalSessions messagingLocalSessions() {
    return new LocalSessions();
  }

  @Bean
  BrokerBackplane messagingBrokerBackplane(
      MessagingBus bus,
      ObjectProvider<AbstractBrokerMessageHandler> brokers,
      UserDestinationMessageHandler users,
      SimpUserRegistry registry,
      LocalSessions sessions) {
    return new BrokerBackplane(
        bus, simpleBroker(brokers), users, (FarmUserRegistry) registry, sessions);
  }

  private static SimpleBrokerMessageHandler simpleBroker(
      ObjectProvider<AbstractBrokerMessageHandler> brokers) {
    return brokers.stream()
        .filter(SimpleBrokerMessageHandler.class::isInstance)
        .map(SimpleBrokerMessageHandler.class::cast)
        .findFirst()
        .orElseThrow(BackplaneWire::noSimpleBroker);
  }

  /** Meters, where the application has a registry for them. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterBinder.class)
  static class Metered {

    @Bean
    MeterBinder messagingMeterBinder(MessagingBus bus) {
      return new MessagingMeterBinder(bus);
    }
  }
}
