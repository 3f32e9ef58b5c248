package io.sharedredis.starter.hub;

import io.sharedredis.hub.HubFilter;
import io.sharedredis.hub.UserIdProvider;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.hub.protocol.PayloadMappers;
import io.sharedredis.hub.server.CallObserver;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.hub.server.HubExecutors;
import io.sharedredis.hub.server.HubRuntime;
import io.sharedredis.netty.HubLoops;
import io.sharedredis.spring.hub.Claims;
import io.sharedredis.spring.hub.ExpiringConnections;
import io.sharedredis.spring.hub.HubPaths;
import io.sharedredis.spring.hub.SecurityContextFilter;
import io.sharedredis.starter.EdgeAutoConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;

/** Serves the application's hubs; every part gives way to a bean of the application. */
@AutoConfiguration(after = {EdgeAutoConfiguration.class, BackplaneAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(HubProperties.class)
@Import({
  HubFarmConfiguration.class,
  HubEndpointConfiguration.class,
  HubValidationConfiguration.class,
  HubObservationConfiguration.class
})
public class HubAutoConfiguration {

  @Bean
  static HubBeans hubBeans() {
    return new HubBeans();
  }

  @Bean
  @ConditionalOnMissingBean
  HubConnections hubConnections() {
    return new HubConnections();
  }

  @Bean(destroyMethod = "shutdown")
  @ConditionalOnMissingBean(name = "hubExecutor")
  ExecutorService hubExecutor() {
    return HubExecutors.create();
  }

  @Bean
  @ConditionalOnMissingBean
  HubRuntime hubRuntime(
      @Qualifier("hubExecutor") ExecutorService executor,
      HubConnections connections,
      ObjectProvider<CallObserver> calls) {
    return new HubRuntime(
        executor, System::nanoTime, connections, calls.getIfAvailable(() -> CallObserver.NONE));
  }

  @Bean
  @ConditionalOnMissingBean
  UserIdProvider hubUserIdProvider() {
    return UserIdProvider.principalName();
  }

  @Bean
  @Order(0)
  @ConditionalOnMissingBean
  JsonHubProtocol jsonHubProtocol(HubProperties properties) {
    return properties.dotnetPayloads()
        ? new JsonHubProtocol(PayloadMappers.dotNetJson())
        : new JsonHubProtocol();
  }

  @Bean
  @Order(1)
  @ConditionalOnMissingBean
  MessagePackHubProtocol messagePackHubProtocol(HubProperties properties) {
    return properties.dotnetPayloads()
        ? new MessagePackHubProtocol(PayloadMappers.dotNetMessagePack())
        : new MessagePackHubProtocol();
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  HubServers hubServers(
      ConfigurableListableBeanFactory beans,
      HubProperties properties,
      ObjectProvider<HubProtocol> protocols,
      UserIdProvider users,
      ObjectProvider<HubFilter> filters,
      ObjectProvider<HubChecks> checks,
      HubLifetimeFactory lifetimes,
      HubRuntime runtime) {
    List<HubFilter> all = new ArrayList<>();
    all.add(new SecurityContextFilter());
    filters.orderedStream().forEach(all::add);
    return new HubServers(
        beans,
        properties,
        properties.spoken(protocols.orderedStream().toList()),
        users,
        hub -> filters(all, hub, checks),
        lifetimes,
        runtime);
  }

  private static List<HubFilter> filters(
      List<HubFilter> all, Class<?> hub, ObjectProvider<HubChecks> checks) {
    List<HubFilter> its = new ArrayList<>(all);
    checks.stream().map(one -> one.of(hub)).filter(Objects::nonNull).forEach(its::add);
    return its;
  }

  @Bean
  @ConditionalOnMissingBean
  HubPaths hubPaths(HubServers servers) {
    return new HubPaths(servers.paths());
  }

  @Bean
  HubHeartbeat hubHeartbeat(
      HubConnections connections, Claims claims, ExpiringConnections expiring) {
    return new HubHeartbeat(List.of(connections::heartbeat, claims::scan, expiring::tick));
  }

  @Bean
  HubDrain hubDrain(
      HubConnections connections,
      HubFarm farm,
      HubLoops loops,
      ObjectProvider<HubListeners> listeners) {
    return new HubDrain(connections, farm, loops, () -> listeners.forEach(HubListeners::close));
  }
}
