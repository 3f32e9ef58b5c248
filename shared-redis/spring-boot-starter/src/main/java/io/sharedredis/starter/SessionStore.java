package io.sharedredis.starter;

import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisTopology;
import io.sharedredis.spring.web.ReadinessCondition;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/**
 * The connections to the Redis of sessions: one of ours, which watches over Redis and is opened in
 * the background, and, for Spring Session's repository, one of Spring Data, which is opened by
 * nobody's request but when ours stands.
 */
final class SessionStore implements ReadinessCondition, HealthIndicator, DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(SessionStore.class);

  private final RedisLink<byte[], byte[]> link;
  private final @Nullable LettuceConnectionFactory connections;
  private volatile boolean joined;

  /**
   * @param springData whether Spring Data's connection is needed too
   */
  SessionStore(RedisNetwork network, RedisAddress address, boolean springData) {
    this.link = new RedisLink<>(network, "sessions", address, ByteArrayCodec.INSTANCE);
    this.connections = springData ? springData(network, address) : null;
    FirstContact.await(
        link.firstConnected()
            .thenRunAsync(this::join, new BackgroundThread("shared-redis-sessions-start")),
        network.deadlines().connect());
  }

  private static LettuceConnectionFactory springData(RedisNetwork network, RedisAddress address) {
    RedisURI uri = address.toUri(network.deadlines().command());
    LettuceClientConfiguration.LettuceClientConfigurationBuilder client =
        LettuceClientConfiguration.builder()
            .apply(uri)
            .commandTimeout(network.deadlines().command())
            .clientOptions(network.clientOptions(address))
            .clientResources(network.resources())
            .shutdownTimeout(Duration.ZERO);
    network
        .credentials(address)
        .ifPresent(credentials -> client.redisCredentialsProviderFactory(always(credentials)));
    LettuceConnectionFactory connections =
        new LettuceConnectionFactory(configuration(address, uri), client.build());
    connections.afterPropertiesSet();
    connections.start();
    return connections;
  }

  private static RedisConfiguration configuration(RedisAddress address, RedisURI uri) {
    RedisConfiguration first = LettuceConnectionFactory.createRedisConfiguration(uri);
    if (!(address.topology() instanceof RedisTopology.Cluster cluster)) {
      return first;
    }
    RedisClusterConfiguration all = new RedisClusterConfiguration();
    cluster.nodes().forEach(node -> all.clusterNode(node.host(), node.port()));
    if (first instanceof RedisStandaloneConfiguration settings) {
      all.setUsername(settings.getUsername());
      all.setPassword(settings.getPassword());
    }
    return all;
  }

  private static RedisCredentialsProviderFactory always(RedisCredentialsProvider credentials) {
    return new RedisCredentialsProviderFactory() {
      @Override
      public RedisCredentialsProvider createCredentialsProvider(RedisConfiguration unused) {
        return credentials;
      }
    };
  }

  /** Opens Spring Data's shared connection before any request needs it. */
  private void join() {
    if (connections != null) {
      try (RedisConnection connection = connections.getConnection()) {
        connection.ping();
      } catch (RuntimeException e) {
        // Redis went away again; the shared connection is then opened by the first request.
        log.debug("The connection of sessions is not open yet", e);
      }
    }
    joined = true;
  }

  RedisLink<byte[], byte[]> link() {
    return link;
  }

  LettuceConnectionFactory connections() {
    return Objects.requireNonNull(connections, "made for our own store");
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
    if (connections != null) {
      connections.destroy();
    }
  }
}
