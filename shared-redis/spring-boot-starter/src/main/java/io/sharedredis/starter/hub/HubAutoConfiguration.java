package io.sharedredis.starter.hub;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.hub.HubFilter;
import io.sharedredis.hub.UserIdProvider;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.hub.protocol.PayloadMappers;
import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.hub.server.HubExecutors;
import io.sharedredis.hub.server.HubRuntime;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.hub.ClaimTimes;
import io.sharedredis.lettuce.relay.Cuts;
import io.sharedredis.lettuce.relay.Relay;
import io.sharedredis.netty.HubLoops;
import io.sharedredis.spring.hub.AllowedOrigins;
import io.sharedredis.spring.hub.AuthenticationExpiry;
import io.sharedredis.spring.hub.Claims;
import io.sharedredis.spring.hub.ConnectionTokens;
import io.sharedredis.spring.hub.EndpointOptions;
import io.sharedredis.spring.hub.ExpiringConnections;
import io.sharedredis.spring.hub.HandoverSeal;
import io.sharedredis.spring.hub.Handovers;
import io.sharedredis.spring.hub.HubCorsFilter;
import io.sharedredis.spring.hub.HubGate;
import io.sharedredis.spring.hub.HubHandlerMapping;
import io.sharedredis.spring.hub.HubPaths;
import io.sharedredis.spring.hub.HubRoute;
import io.sharedredis.spring.hub.HubSockets;
import io.sharedredis.spring.hub.LocalConnectionTokens;
import io.sharedredis.spring.hub.LoopSockets;
import io.sharedredis.spring.hub.PortableSockets;
import io.sharedredis.spring.hub.ProtectedConnectionTokens;
import io.sharedredis.spring.hub.RelayedRequests;
import io.sharedredis.spring.hub.SecurityContextFilter;
import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.starter.EdgeAutoConfiguration;
import io.sharedredis.starter.Farm;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.apache.coyote.AbstractProtocol;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** Serves the application's hubs; every part gives way to a bean of the application. */
@AutoConfiguration(after = {EdgeAutoConfiguration.class, BackplaneAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(HubProperties.class)
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
      @Qualifier("hubExecutor") ExecutorService executor, HubConnections connections) {
    return new HubRuntime(executor, System::nanoTime, connections);
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
        all,
        lifetimes,
        runtime);
  }

  @Bean
  @ConditionalOnMissingBean
  HubPaths hubPaths(HubServers servers) {
    return new HubPaths(servers.paths());
  }

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

  @Bean
  @ConditionalOnMissingBean
  AllowedOrigins hubAllowedOrigins(HubProperties properties, PublicUrl publicUrl) {
    List<String> origins = new ArrayList<>(properties.allowedOrigins());
    origins.add(publicUrl.origin());
    return new AllowedOrigins(origins);
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
    Relay relay =
        new Relay(
            backplane.relayWire(),
            farm.applicationName(),
            server.value(),
            executor,
            timers,
            new SecureRandom());
    return HubFarm.over(
        network,
        address,
        farm.applicationName(),
        server.value(),
        ClaimTimes.forTokensOf(properties.connectTimeout()),
        relay,
        handovers(backplane, farm, server, dataProtection.getIfAvailable(), timers));
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

  @Bean
  @ConditionalOnMissingBean
  ExpiringConnections hubExpiringConnections(
      ObjectProvider<AuthenticationExpiry> expiry, HubConnections connections) {
    return new ExpiringConnections(
        expiry.getIfAvailable(AuthenticationExpiry::ofTokens), InstantSource.system(), connections);
  }

  @Bean
  @ConditionalOnMissingBean
  HubGate hubGate(
      Claims claims,
      ExpiringConnections expiring,
      AllowedOrigins origins,
      HubConnections connections,
      HubProperties properties,
      Farm farm,
      HubFarm hubFarm,
      @Qualifier("hubExecutor") ExecutorService executor) {
    Relay relay = hubFarm.relay();
    if (relay != null) {
      relay.serve(
          new RelayedRequests(
              claims,
              path -> endpoint(path, properties, farm, hubFarm).pollTimeout(),
              connections.meters(),
              hubFarm.handovers()));
    }
    return new HubGate(
        claims,
        expiring,
        new ConnectionIds(),
        origins,
        connections,
        properties.maxConnections(),
        executor,
        relay,
        hubFarm.handovers());
  }

  // Without a relay the requests of an event stream or of polls must all reach one replica, which
  // nothing sees to in a farm; a WebSocket is one request and needs no affinity.
  private static EndpointOptions endpoint(
      String path, HubProperties properties, Farm farm, HubFarm hubFarm) {
    boolean together = farm.backplane() == null || hubFarm.relay() != null;
    return properties.endpoint(
        path, together ? EndpointOptions.ALL_TRANSPORTS : List.of("WebSockets"));
  }

  @Bean
  @ConditionalOnMissingBean
  HubRoutes hubRoutes(HubServers servers, HubProperties properties, Farm farm, HubFarm hubFarm) {
    Map<String, HubRoute> routes = new LinkedHashMap<>();
    servers
        .byPath()
        .forEach(
            (path, server) ->
                routes.put(path, new HubRoute(server, endpoint(path, properties, farm, hubFarm))));
    return new HubRoutes(routes);
  }

  @Bean
  HubHandlerMapping hubHandlerMapping(
      HubRoutes routes, HubPaths paths, HubGate gate, HubSockets sockets) {
    return new HubHandlerMapping(routes.byPath(), paths, gate, sockets);
  }

  @Bean
  @ConditionalOnMissingBean
  HubSockets hubSockets(
      HubProperties properties,
      HubLoops loops,
      ObjectProvider<TomcatPorts> ports,
      ObjectProvider<HandshakeHandler> handshakes,
      @Qualifier("hubExecutor") ExecutorService executor) {
    HubSockets portable =
        new PortableSockets(handshakes.getIfUnique(DefaultHandshakeHandler::new), executor);
    TomcatPorts tomcat = ports.getIfAvailable();
    if (tomcat == null && properties.sockets() == SocketPath.LOOP) {
      throw new IllegalStateException(
          "shared-redis.hub.sockets is loop, which needs Tomcat. Use auto or portable.");
    }
    return tomcat == null || properties.sockets() == SocketPath.PORTABLE
        ? portable
        : new LoopSockets(loops, tomcat, portable);
  }

  /** Before Spring Security, which knows nothing of who may read a refusal. */
  @Bean
  FilterRegistrationBean<HubCorsFilter> hubCorsFilter(HubPaths paths, HubRoutes routes) {
    FilterRegistrationBean<HubCorsFilter> registration =
        new FilterRegistrationBean<>(new HubCorsFilter(paths, routes.byPath()));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 150);
    return registration;
  }

  @Bean
  HubHeartbeat hubHeartbeat(
      HubConnections connections, Claims claims, ExpiringConnections expiring) {
    return new HubHeartbeat(List.of(connections::heartbeat, claims::scan, expiring::tick));
  }

  /** Lets the container take as many connections as the hubs may have. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({ConfigurableTomcatWebServerFactory.class, AbstractProtocol.class})
  static class Roomy {

    @Bean
    TomcatRoom hubTomcatRoom(HubProperties properties, Environment environment) {
      return new TomcatRoom(properties.maxConnections(), environment);
    }
  }

  /** Finds out whether hub connections can live on event loops. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({TomcatWebServer.class, AbstractProtocol.class})
  static class TakenOver {

    @Bean
    TomcatListeners hubTomcatListeners() {
      return new TomcatListeners();
    }

    @Bean
    TomcatPorts hubTomcatPorts(HubProperties properties) {
      return new TomcatPorts(properties.sockets());
    }
  }

  /** Meters, where the application has a registry for them. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterBinder.class)
  static class Metered {

    @Bean
    MeterBinder hubMeterBinder(HubConnections connections, HubLoops loops) {
      return new HubMeterBinder(connections, loops.meter());
    }
  }

  @Bean
  HubDrain hubDrain(
      HubConnections connections,
      HubFarm farm,
      HubLoops loops,
      ObjectProvider<TomcatListeners> listeners) {
    return new HubDrain(
        connections, farm, loops, () -> listeners.ifAvailable(TomcatListeners::close));
  }
}
