package io.sharedredis.starter.hub;

import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.lettuce.relay.Relay;
import io.sharedredis.netty.HubLoops;
import io.sharedredis.spring.hub.AllowedOrigins;
import io.sharedredis.spring.hub.AuthenticationExpiry;
import io.sharedredis.spring.hub.Claims;
import io.sharedredis.spring.hub.EndpointOptions;
import io.sharedredis.spring.hub.ExpiringConnections;
import io.sharedredis.spring.hub.HubCorsFilter;
import io.sharedredis.spring.hub.HubGate;
import io.sharedredis.spring.hub.HubHandlerMapping;
import io.sharedredis.spring.hub.HubPaths;
import io.sharedredis.spring.hub.HubRoute;
import io.sharedredis.spring.hub.HubSockets;
import io.sharedredis.spring.hub.LoopSockets;
import io.sharedredis.spring.hub.PortableSockets;
import io.sharedredis.spring.hub.RelayedRequests;
import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.starter.Farm;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.apache.coyote.AbstractProtocol;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.standard.StandardWebSocketUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** Where hub connections come in: routes, what decides about them, and what carries them. */
@Configuration(proxyBeanMethods = false)
class HubEndpointConfiguration {

  @Bean
  @ConditionalOnMissingBean
  AllowedOrigins hubAllowedOrigins(HubProperties properties, PublicUrl publicUrl) {
    List<String> origins = new ArrayList<>(properties.allowedOrigins());
    origins.add(publicUrl.origin());
    return new AllowedOrigins(origins);
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
      WaitingThreads waiting,
      @Qualifier("hubExecutor") ExecutorService executor) {
    HubSockets portable =
        new PortableSockets(
            handshakes.getIfUnique(HubEndpointConfiguration::handshakes), executor, waiting.most());
    TomcatPorts tomcat = ports.getIfAvailable();
    if (tomcat == null && properties.sockets() == SocketPath.LOOP) {
      throw new IllegalStateException(
          "shared-redis.hub.sockets is loop, which needs Tomcat. Use auto or portable.");
    }
    return tomcat == null || properties.sockets() == SocketPath.PORTABLE
        ? portable
        : new LoopSockets(loops, tomcat, portable);
  }

  @Bean
  WaitingThreads hubWaitingThreads() {
    return new WaitingThreads();
  }

  // Spring would prefer Jetty's own WebSocket API where it finds it.
  private static HandshakeHandler handshakes() {
    return new DefaultHandshakeHandler(new StandardWebSocketUpgradeStrategy());
  }

  /** Before Spring Security, which knows nothing of who may read a refusal. */
  @Bean
  FilterRegistrationBean<HubCorsFilter> hubCorsFilter(HubPaths paths, HubRoutes routes) {
    FilterRegistrationBean<HubCorsFilter> registration =
        new FilterRegistrationBean<>(new HubCorsFilter(paths, routes.byPath()));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 150);
    return registration;
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

  /** Closes the ports of Jetty when this replica stops, and asks how many threads it has. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({JettyWebServer.class, Server.class})
  static class OnJetty {

    @Bean
    JettyListeners hubJettyListeners() {
      return new JettyListeners();
    }

    @Bean
    WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> hubJettyThreads(
        WaitingThreads waiting) {
      return factory ->
          factory.addServerCustomizers(
              server -> {
                if (server.getThreadPool() instanceof ThreadPool.SizedThreadPool pool) {
                  waiting.of(pool.getMaxThreads());
                } else if (server.getThreadPool() instanceof VirtualThreadPool pool
                    && pool.getMaxConcurrentTasks() > 0) {
                  waiting.of(pool.getMaxConcurrentTasks());
                }
              });
    }
  }

  /** Without Tomcat there is nothing to find out, but to say. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingClass("org.springframework.boot.tomcat.TomcatWebServer")
  static class NoTomcat {

    @Bean
    PortableServer hubPortableServer() {
      return new PortableServer();
    }
  }
}
