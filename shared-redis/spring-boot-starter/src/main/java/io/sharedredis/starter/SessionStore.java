package io.sharedredis.starter;

import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.spring.web.ReadinessCondition;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * The connections to the Redis of sessions: one of ours, which watches over Redis and is opened in
 * the background, and one of Spring Data, which is opened by nobody's request but when ours stands.
 */
final class SessionStore implements ReadinessCondition, HealthIndicator, DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(SessionStore.class);

  private final RedisLink<String, String> link;
  private final LettuceConnectionFactory connections;
  private volatile boolean joined;

  SessionStore(RedisNetwork network, RedisAddress address) {
    this.link = new RedisLink<>(network, "sessions", address, StringCodec.UTF8);
    RedisURI uri = address.toUri(network.deadlines().command());
    this.connections =
        new LettuceConnectionFactory(
            LettuceConnectionFactory.createRedisConfiguration(uri),
            LettuceClientConfiguration.builder()
                .apply(uri)
                .commandTimeout(network.deadlines().command())
                .clientOptions(network.clientOptions())
                .clientResources(network.resources())
                .shutdownTimeout(Duration.ZERO)
                .build());
    connections.afterPropertiesSet();
    connections.start();
    FirstContact.await(
        link.firstConnected().thenRunAsync(this::join), network.deadlines().connect());
  }

  /** Opens Spring Data's shared connection before any request needs it. */
  private void join() {
    try (RedisConnection connection = connections.getConnection()) {
      connection.ping();
    } catch (RuntimeException e) {
      // Redis went away again; the shared connection is then opened by the first request.
      log.debug("The connection of sessions is not open yet", e);
    }
    joined = true;
  }

  RedisLink<String, String> link() {
    return link;
  }

  LettuceConnectionFactory connections() {
    return connections;
  }

  @Override
  public String name() {
    return "sessions";
  }

  @Override
  public boolean met() {
    return joined;
  }

  @Override
  public Health health() {
    return RedisHealth.of(link);
  }

  @Override
  public void destroy() {
    link.close();
    connections.destroy();
  }
}
