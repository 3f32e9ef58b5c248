package io.sharedredis.playground.gateway;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.removeAlreadyRouted;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Sends a request to the next replica in turn, and to another one when that fails in a way that
 * allows it: no connection came about (any request), or the connection broke before a response and
 * the request may be carried out twice ({@link RepeatableRequest}).
 */
final class FailoverFilter implements GlobalFilter, Ordered {

  /** Just before the filters that send: everything about the request is decided by then. */
  private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 10;

  /** Seconds a client is asked to wait when no replica is ready: about two probes. */
  private static final String RETRY_AFTER = "1";

  private static final Logger log = LoggerFactory.getLogger(FailoverFilter.class);

  private final Map<String, ReplicaPool> pools;
  private final WebSocketTunnel tunnel;

  FailoverFilter(Map<String, ReplicaPool> pools, WebSocketTunnel tunnel) {
    this.pools = Map.copyOf(pools);
    this.tunnel = tunnel;
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
    ReplicaPool pool = pools.get(route.getId());
    if (pool == null) {
      return Mono.error(new IllegalStateException("no replicas for route " + route.getId()));
    }
    exchange.getAttributes().put(PRESERVE_HOST_HEADER_ATTRIBUTE, true);
    return RepeatableRequest.prepare(exchange)
        .flatMap(prepared -> attempt(prepared, chain, pool, new HashSet<>()));
  }

  private Mono<Void> attempt(
      ServerWebExchange exchange, GatewayFilterChain chain, ReplicaPool pool, Set<Upstream> tried) {
    Optional<Upstream> next = pool.next(tried);
    if (next.isEmpty()) {
      return noneReady(exchange, pool);
    }
    Upstream replica = next.get();
    tried.add(replica);
    return Mono.defer(() -> send(exchange, chain, replica))
        .onErrorResume(failure -> recover(failure, replica, exchange, chain, pool, tried));
  }

  private Mono<Void> send(ServerWebExchange exchange, GatewayFilterChain chain, Upstream replica) {
    URI asked = exchange.getRequest().getURI();
    String path = asked.getRawPath() == null ? "/" : asked.getRawPath();
    String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
    if (WebSocketTunnel.wanted(exchange.getRequest())) {
      return tunnel.open(exchange, replica.origin(), path + query);
    }
    exchange
        .getAttributes()
        .put(GATEWAY_REQUEST_URL_ATTR, URI.create(replica.origin() + path + query));
    removeAlreadyRouted(exchange);
    return chain.filter(exchange);
  }

  private Mono<Void> recover(
      Throwable failure,
      Upstream replica,
      ServerWebExchange exchange,
      GatewayFilterChain chain,
      ReplicaPool pool,
      Set<Upstream> tried) {
    Failure kind = Failure.of(failure);
    boolean committed = exchange.getResponse().isCommitted();
    if (kind == Failure.NOT_SENT && replica.takeOut()) {
      log.info("{} is out: {}", replica, failure.toString());
    }
    boolean again =
        kind == Failure.NOT_SENT
            || kind == Failure.BROKEN && RepeatableRequest.is(exchange.getRequest());
    if (committed || kind == Failure.OTHER) {
      return Mono.error(failure);
    }
    if (again) {
      return attempt(exchange, chain, pool, tried);
    }
    return kind == Failure.TIMEOUT
        ? answer(exchange, HttpStatus.GATEWAY_TIMEOUT, replica.name() + " did not answer in time")
        : answer(
            exchange,
            HttpStatus.BAD_GATEWAY,
            replica.name() + " broke off; whether the request was carried out is not known");
  }

  private static Mono<Void> noneReady(ServerWebExchange exchange, ReplicaPool pool) {
    exchange.getResponse().getHeaders().set(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
    return answer(
        exchange, HttpStatus.SERVICE_UNAVAILABLE, "no replica of " + pool.name() + " is ready");
  }

  private static Mono<Void> answer(ServerWebExchange exchange, HttpStatus status, String text) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(status);
    response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
  }
}
