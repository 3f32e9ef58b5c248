package io.sharedredis.playground.gateway;

import java.util.Set;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Which requests may be sent again after a connection broke: GET and HEAD, and those that carry an
 * {@code x-requestid}, by which the shop recognises a repeated command.
 */
final class RepeatableRequest {

  /** Header of a command that the app carries out once however often it arrives. */
  static final String REQUEST_ID = "x-requestid";

  /** Bytes of a body kept for a second attempt; a checkout has less than a kilobyte. */
  private static final int BODY_LIMIT = 64 * 1024;

  private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private RepeatableRequest() {}

  static boolean is(ServerHttpRequest request) {
    if (SAFE.contains(request.getMethod())) {
      return !hasBody(request.getHeaders());
    }
    String id = request.getHeaders().getFirst(REQUEST_ID);
    long length = request.getHeaders().getContentLength();
    return id != null && !id.isBlank() && length >= 0 && length <= BODY_LIMIT;
  }

  /** The exchange with a body that can be read once per attempt, where that is needed. */
  static Mono<ServerWebExchange> prepare(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    if (!is(request)) {
      return Mono.just(exchange);
    }
    if (!hasBody(request.getHeaders())) {
      return Mono.just(withBody(exchange, new byte[0]));
    }
    return DataBufferUtils.join(request.getBody(), BODY_LIMIT)
        .map(
            joined -> {
              byte[] bytes = new byte[joined.readableByteCount()];
              joined.read(bytes);
              DataBufferUtils.release(joined);
              return bytes;
            })
        .defaultIfEmpty(new byte[0])
        .map(bytes -> withBody(exchange, bytes));
  }

  private static ServerWebExchange withBody(ServerWebExchange exchange, byte[] bytes) {
    ServerHttpRequest request =
        new ServerHttpRequestDecorator(exchange.getRequest()) {
          @Override
          public Flux<DataBuffer> getBody() {
            return bytes.length == 0
                ? Flux.empty()
                : Flux.defer(() -> Flux.just(exchange.getResponse().bufferFactory().wrap(bytes)));
          }
        };
    return exchange.mutate().request(request).build();
  }

  private static boolean hasBody(HttpHeaders headers) {
    return headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING);
  }
}
