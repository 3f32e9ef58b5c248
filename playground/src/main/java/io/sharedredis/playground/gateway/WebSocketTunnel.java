package io.sharedredis.playground.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;

/**
 * Passes a WebSocket upgrade on to a replica and, once that has answered 101, the bytes in both
 * directions as they are: extensions, pings and close codes are between client and replica.
 *
 * <p>The client is answered only after the replica has answered, so a replica that refuses the
 * connection or dies before its response can be replaced by another, and a refusal such as 401
 * reaches the client as it is. The library's own filter answers the client first.
 */
// What a write or a close comes to is seen by the next read or by channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class WebSocketTunnel {

  /** Milliseconds to connect to a replica. */
  private static final int CONNECT_MILLIS = 1000;

  /** Time for a replica to answer the upgrade, sign-in check and session lookup included. */
  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);

  /** Bytes of a refusal's body that are passed on. */
  private static final int REFUSAL_LIMIT = 64 * 1024;

  private static final Set<String> HOP_BY_HOP =
      Set.of("connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer");

  private final Supplier<List<HttpHeadersFilter>> headersFilters;

  WebSocketTunnel(Supplier<List<HttpHeadersFilter>> headersFilters) {
    this.headersFilters = headersFilters;
  }

  static boolean wanted(ServerHttpRequest request) {
    return request.getMethod() == org.springframework.http.HttpMethod.GET
        && "websocket".equalsIgnoreCase(request.getHeaders().getUpgrade());
  }

  /** Completes when the tunnel has closed or a refusal is written; fails if no response came. */
  Mono<Void> open(ServerWebExchange exchange, URI origin, String target) {
    Channel client =
        ServerHttpRequestDecorator.<Connection>getNativeRequest(exchange.getRequest()).channel();
    FullHttpRequest request = upgradeRequest(exchange, target);
    return Mono.<UpgradeAnswer>create(sink -> connect(client, origin, request, sink))
        .timeout(HANDSHAKE_LIMIT)
        .flatMap(
            answer ->
                answer instanceof UpgradeAnswer.Refused refused
                    ? refuse(exchange.getResponse(), refused)
                    : closed(client));
  }

  private static void connect(
      Channel client, URI origin, FullHttpRequest request, MonoSink<UpgradeAnswer> sink) {
    ChannelFuture connecting =
        new Bootstrap()
            .group(client.eventLoop())
            .channel(client.getClass())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel replica) {
                    replica
                        .pipeline()
                        .addLast(
                            new HttpClientCodec(),
                            new HttpObjectAggregator(REFUSAL_LIMIT),
                            new UpgradeHandler(client, sink));
                  }
                })
            .connect(origin.getHost(), origin.getPort());
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            connecting.channel().writeAndFlush(request, connecting.channel().voidPromise());
          } else {
            request.release();
            sink.error(done.cause());
          }
        });
  }

  private FullHttpRequest upgradeRequest(ServerWebExchange exchange, String target) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, target, Unpooled.EMPTY_BUFFER);
    HttpHeadersFilter.filterRequest(headersFilters.get(), exchange)
        .forEach((name, values) -> request.headers().set(name, values));
    String host = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
    if (host != null) {
      request.headers().set(HttpHeaders.HOST, host);
    }
    request.headers().set(HttpHeaders.CONNECTION, "Upgrade");
    request.headers().set(HttpHeaders.UPGRADE, "websocket");
    return request;
  }

  private static Mono<Void> closed(Channel client) {
    return Mono.create(sink -> client.closeFuture().addListener(done -> sink.success()));
  }

  private static Mono<Void> refuse(ServerHttpResponse response, UpgradeAnswer.Refused refused) {
    response.setStatusCode(HttpStatusCode.valueOf(refused.status()));
    refused
        .headers()
        .forEach(
            header -> {
              if (!HOP_BY_HOP.contains(header.getKey().toLowerCase(java.util.Locale.ROOT))) {
                response.getHeaders().add(header.getKey(), header.getValue());
              }
            });
    return response.writeWith(Mono.just(response.bufferFactory().wrap(refused.body())));
  }
}
