package io.sharedredis.spring.session;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Names in the Redis of sessions: {@code shared-redis:<application>:session:{<id>}}, the id as hash
 * tag. Spring Session makes keys of another form, which this turns into ours on the way.
 */
public final class SessionKeys implements RedisSerializer<String>, WatchedSessions {

  private static final String SPRING_INFIX = "sessions:";

  private final String namespace;
  private final String springPrefix;

  /**
   * @param application name of the application; applications do not share sessions
   */
  public SessionKeys(String application) {
    this.namespace = "shared-redis:" + application + ":";
    this.springPrefix = namespace + SPRING_INFIX;
  }

  /** What Spring Session puts before {@code sessions:}; it adds no colon of its own. */
  String namespace() {
    return namespace.substring(0, namespace.length() - 1);
  }

  /** Where the session lies. */
  public String session(String id) {
    return namespace + "session:{" + id + "}";
  }

  @Override
  public String channel() {
    return namespace + "session-ends";
  }

  @Override
  public String key(String sessionId) {
    return session(sessionId);
  }

  /** The announcement is the id itself. */
  @Override
  public Set<String> ended(String announcement, Set<String> inUse) {
    return Set.of(announcement);
  }

  @Override
  public byte[] serialize(@Nullable String key) {
    if (key == null || !key.startsWith(springPrefix)) {
      throw new IllegalArgumentException("not a key of a session: " + key);
    }
    return session(key.substring(springPrefix.length())).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public @Nullable String deserialize(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }
}
