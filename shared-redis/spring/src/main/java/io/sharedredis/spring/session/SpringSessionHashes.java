package io.sharedredis.spring.session;

import io.lettuce.core.RedisCommandExecutionException;
import io.sharedredis.lettuce.connection.RedisLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that Spring Session's repository left in Redis, read once to be written into our store.
 * Values in JSON only; one in Java serialization counts as absent, as does a hash that lacks its
 * own fields. Thread-safe.
 */
public final class SpringSessionHashes {

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** A hundred years, as long as our store counts. */
  private static final long LONGEST_SECONDS = Duration.ofDays(36_525).toSeconds();

  private static final String ATTRIBUTE = "sessionAttr:";

  private final RedisLink<byte[], byte[]> link;
  private final SessionKeys keys;
  private final SessionJson json;

  /**
   * @param keys of the repository as this starter set it up; Spring Session's default keys are
   *     looked at too
   */
  public SpringSessionHashes(RedisLink<byte[], byte[]> link, SessionKeys keys, SessionJson json) {
    this.link = link;
    this.keys = keys;
    this.json = json;
  }

  /** Whether an id has the form of theirs. */
  boolean mayHave(String id) {
    return UUID.matcher(id).matches();
  }

  Optional<Left> read(String id) {
    for (byte[] key : keys(id)) {
      Map<String, byte[]> fields = fields(key);
      Number created = number(fields.get("creationTime"));
      Number timeout = number(fields.get("maxInactiveInterval"));
      if (created != null && timeout != null) {
        return Optional.of(
            new Left(
                Instant.ofEpochMilli(created.longValue()),
                Duration.ofSeconds(Math.max(-1, Math.min(timeout.longValue(), LONGEST_SECONDS))),
                attributes(fields)));
      }
    }
    return Optional.empty();
  }

  private Map<String, byte[]> fields(byte[] key) {
    Map<String, byte[]> fields = new HashMap<>();
    try {
      link.<Map<byte[], byte[]>>sync(redis -> redis.hgetall(key))
          .forEach((name, value) -> fields.put(text(name), value));
    } catch (RedisCommandExecutionException e) {
      if (e.getMessage() == null || !e.getMessage().startsWith("WRONGTYPE")) {
        throw e;
      }
      // Not even a hash: no session.
    }
    return fields;
  }

  /** Theirs is not needed any more; false if it was not there any more. */
  boolean delete(String id) {
    long removed = 0;
    for (byte[] key : keys(id)) {
      removed += link.<Long>sync(redis -> redis.unlink(key));
    }
    return removed > 0;
  }

  private Map<String, Object> attributes(Map<String, byte[]> fields) {
    Map<String, Object> attributes = new HashMap<>();
    fields.forEach(
        (field, value) -> {
          Object decoded = field.startsWith(ATTRIBUTE) ? json.deserialize(value) : null;
          if (decoded != null) {
            attributes.put(field.substring(ATTRIBUTE.length()), decoded);
          }
        });
    return attributes;
  }

  private @Nullable Number number(byte @Nullable [] value) {
    return json.deserialize(value) instanceof Number number ? number : null;
  }

  private List<byte[]> keys(String id) {
    return List.of(
        keys.session(id).getBytes(StandardCharsets.UTF_8),
        ("spring:session:sessions:" + id).getBytes(StandardCharsets.UTF_8));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** What was left of a session. */
  record Left(Instant created, Duration timeout, Map<String, Object> attributes) {}
}
