package io.sharedredis.playground.gateway;

import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Routes and filters of the gateway; timeouts and limits stand in {@code application.yml}. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class GatewayConfiguration {

  /** Milliseconds until a hub answers: a long poll is held open for up to 90 s. */
  private static final int HUB_TIMEOUT = 120_000;

  /** The replicas by app. */
  record Pools(ReplicaPool webspa, ReplicaPool identity) {}

  // Ids of routes are names of pools; where a request goes is decided per attempt, not here.
  @Bean
  RouteLocator routes(RouteLocatorBuilder builder) {
    return builder
        .routes()
        .route("identity", r -> r.order(1).path("/identity", "/identity/**").uri("http://identity"))
        .route(
            "hub",
            r ->
                r.order(2)
                    .path("/hub/**")
                    .metadata(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR, HUB_TIMEOUT)
                    .uri("http://webspa"))
        .route("webspa", r -> r.order(3).path("/**").uri("http://webspa"))
        .build();
  }

  @Bean
  FailoverFilter failoverFilter(Pools pools, ObjectProvider<List<HttpHeadersFilter>> headers) {
    return new FailoverFilter(
        Map.of("identity", pools.identity(), "hub", pools.webspa(), "webspa", pools.webspa()),
        new WebSocketTunnel(() -> headers.getIfAvailable(List::of)));
  }

  @Bean
  HttpHeadersFilter forwardedHeaders() {
    return new ForwardedHeaders();
  }

  // The client's own second attempt knows nothing of methods; what is repeated is decided by us.
  @Bean
  HttpClientCustomizer noHiddenRetry() {
    return client -> client.disableRetry(true);
  }

  @Bean(destroyMethod = "close")
  ReadinessProbe readinessProbe(Pools pools) {
    ReadinessProbe probe = new ReadinessProbe();
    probe.watch(pools.webspa());
    probe.watch(pools.identity());
    return probe;
  }
}
