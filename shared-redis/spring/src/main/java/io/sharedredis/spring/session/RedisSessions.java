package io.sharedredis.spring.session;

import io.sharedredis.lettuce.connection.Breakers;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;

/** Puts Spring Session's plain Redis repository together with our keys, format and deadlines. */
public final class RedisSessions {

  private RedisSessions() {}

  /**
   * Sessions in Redis.
   *
   * @param connections with deadlines of their own
   * @param timeout a session nobody uses for so long is gone
   * @param joined whether Redis was reached since the start
   * @param onEnd told the id of each session that is deleted; must not block or fail
   */
  public static SessionRepository<? extends Session> create(
      RedisConnectionFactory connections,
      SessionKeys keys,
      SessionJson json,
      Duration timeout,
      BooleanSupplier joined,
      Consumer<String> onEnd) {
    RedisTemplate<String, Object> redis = new RedisTemplate<>();
    redis.setConnectionFactory(connections);
    redis.setKeySerializer(keys);
    redis.setHashKeySerializer(RedisSerializer.string());
    redis.setHashValueSerializer(json);
    redis.afterPropertiesSet();
    RedisSessionRepository sessions = new RedisSessionRepository(redis);
    sessions.setRedisKeyNamespace(keys.namespace());
    sessions.setDefaultMaxInactiveInterval(timeout);
    sessions.setRedisSessionMapper(new SessionMapper());
    return new GuardedSessions<>(sessions, Breakers.forUse("sessions"), joined, onEnd);
  }
}
