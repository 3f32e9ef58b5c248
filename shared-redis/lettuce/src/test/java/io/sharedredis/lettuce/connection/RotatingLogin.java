package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** User and password that change while connections stand. */
public final class RotatingLogin implements RedisLogin, RedisCredentialsProvider, AutoCloseable {

  private final Sinks.Many<RedisCredentials> credentials = Sinks.many().replay().latest();

  public RotatingLogin(String user, String password) {
    become(user, password);
  }

  /** From now on; connections that stand are told. */
  public void become(String user, String password) {
    credentials.emitNext(
        RedisCredentials.just(user, password.toCharArray()), Sinks.EmitFailureHandler.FAIL_FAST);
  }

  @Override
  public Optional<RedisCredentialsProvider> credentials(RedisAddress address) {
    return Optional.of(this);
  }

  @Override
  public Mono<RedisCredentials> resolveCredentials() {
    return credentials.asFlux().next();
  }

  @Override
  public boolean supportsStreaming() {
    return true;
  }

  @Override
  public Flux<RedisCredentials> credentials() {
    return credentials.asFlux();
  }

  @Override
  public void close() {
    credentials.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);
  }
}
