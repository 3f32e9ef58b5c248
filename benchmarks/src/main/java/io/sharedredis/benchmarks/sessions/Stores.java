package io.sharedredis.benchmarks.sessions;

import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionStoreOptions;
import io.sharedredis.spring.session.SessionJson;
import io.sharedredis.spring.session.SharedSessionRepository;
import io.sharedredis.testkit.RedisServer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.GenericJacksonJsonRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.session.data.redis.RedisSessionRepository;
import tools.jackson.databind.json.JsonMapper;

/** Our repository and Spring Session's over one Redis, both with the same JSON. */
final class Stores implements AutoCloseable {
  private final RedisServer redis = RedisServer.startOwn();
  private final DataProtection protection = DataProtection.ephemeral();
  // A busy machine must not look like a Redis that is away.
  private final RedisNetwork network =
      new RedisNetwork(
          new RedisDeadlines(
              Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30)));
  private final RedisLink<byte[], byte[]> link;
  private final LettuceConnectionFactory connections;
  private final SessionJson json = new SessionJson(Stores.class.getClassLoader(), List.of());

  Stores() {
    link =
        new RedisLink<>(
            network, "sessions", RedisAddress.parse("speed", redis.url()), ByteArrayCodec.INSTANCE);
    link.firstConnected().join();
    connections =
        new LettuceConnectionFactory(
            new RedisStandaloneConfiguration(redis.uri().getHost(), redis.uri().getPort()));
    connections.afterPropertiesSet();
    connections.start();
  }

  RedisSessionStore store() {
    return new RedisSessionStore(
        link, SessionStoreOptions.of("speed"), protection, new SecureRandom());
  }

  /** Where Redis is. */
  RedisURI redis() {
    return redis.uri();
  }

  SessionJson json() {
    return json;
  }

  /** Sealed, as it comes. */
  SharedSessionRepository ours() {
    return new SharedSessionRepository(
        store(), json, Duration.ofMinutes(30), "one", InstantSource.system(), event -> {});
  }

  /** With our JSON as its value format, readable by everybody. */
  RedisSessionRepository springSession() {
    return springSession(json);
  }

  /** With JSON as Spring Session's documentation sets it up, readable by everybody. */
  RedisSessionRepository documentedSpringSession() {
    return springSession(
        new GenericJacksonJsonRedisSerializer(
            JsonMapper.builder()
                .addModules(SecurityJacksonModules.getModules(Stores.class.getClassLoader()))
                .build()));
  }

  private RedisSessionRepository springSession(RedisSerializer<Object> values) {
    RedisTemplate<String, Object> template = new RedisTemplate<>();
    template.setConnectionFactory(connections);
    template.setKeySerializer(RedisSerializer.string());
    template.setHashKeySerializer(RedisSerializer.string());
    template.setHashValueSerializer(values);
    template.afterPropertiesSet();
    return new RedisSessionRepository(template);
  }

  @Override
  public void close() {
    connections.destroy();
    link.close();
    network.close();
    protection.close();
    redis.close();
  }
}
