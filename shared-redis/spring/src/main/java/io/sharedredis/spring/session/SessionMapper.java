package io.sharedredis.spring.session;

import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.session.MapSession;
import org.springframework.session.data.redis.RedisSessionMapper;

/**
 * Reads a session's hash; one that lacks its own data (left behind by an eviction, or damaged)
 * counts as gone instead of failing every later request of its browser.
 */
final class SessionMapper implements BiFunction<String, Map<String, Object>, @Nullable MapSession> {

  private static final Logger log = LoggerFactory.getLogger(SessionMapper.class);

  private final RedisSessionMapper strict = new RedisSessionMapper();

  @Override
  public @Nullable MapSession apply(String id, Map<String, Object> hash) {
    try {
      return strict.apply(id, hash);
    } catch (IllegalStateException | ClassCastException e) {
      log.warn("A stored session is incomplete and counts as gone: {}", e.getMessage());
      return null;
    }
  }
}
