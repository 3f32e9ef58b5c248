package io.sharedredis.testkit.session;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sessions as they lie in Redis, looked at and changed behind the store's back. Layout: {@code
 * docs/formats/session-store.md}.
 */
public final class SessionsInRedis {

  /** Told beside the fields of a hash: whether the index of its user leads to it. */
  static final String INDEX = "index";

  private static final String HASHES =
      """
      local hashes = {}
      for i, key in ipairs(KEYS) do
        local hash = redis.call('HGETALL', key)
        local user = redis.call('HGET', key, 'u')
        if user and user ~= '' then
          hash[#hash + 1] = 'index'
          hash[#hash + 1] = tostring(redis.call('ZSCORE', ARGV[1] .. user, ARGV[i + 1]) ~= false)
        end
        hashes[i] = hash
      end
      return hashes
      """;

  private static final String AGE =
      """
      local a = redis.call('HGET', KEYS[1], 'a')
      if not a then return 0 end
      redis.call('HSET', KEYS[1], 'a', string.format('%.0f', a - ARGV[2]))
      redis.call('ZADD', KEYS[2], 'INCR', -ARGV[2], ARGV[1])
      local user = redis.call('HGET', KEYS[1], 'u')
      if user ~= '' then
        redis.call('ZADD', ARGV[3] .. user, 'XX', 'INCR', -ARGV[2], ARGV[1])
      end
      return 1
      """;

  private static final String SILENCE =
      """
      if redis.call('HEXISTS', KEYS[1], 'n') == 0 then return 0 end
      redis.call('HSET', KEYS[1], 'n', '1')
      for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
        if string.sub(field, 1, 2) == 'o:' then
          local value = string.gsub(redis.call('HGET', KEYS[1], field), '^%d+', '1')
          redis.call('HSET', KEYS[1], field, value)
        end
      end
      return 1
      """;

  private final RedisCommands<String, String> redis;
  private final String prefix;

  /**
   * @param redis the server that holds the sessions
   */
  public SessionsInRedis(RedisCommands<String, String> redis, String application) {
    this.redis = redis;
    this.prefix = "shared-redis:" + application + ":session:{0}:";
  }

  /** What names the session of a public id. */
  public static String internal(String id) {
    return hash("id:" + id.substring(0, 18));
  }

  static String check(String id) {
    return hash("check:" + id);
  }

  static String userHash(String user) {
    return hash("user:" + user);
  }

  private static String hash(String input) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(input.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What can be seen of sessions without a key, by internal; nothing where there is none. */
  Map<String, Map<String, String>> fields(Collection<String> internals) {
    String[] keys = internals.stream().map(name -> prefix + "id:" + name).toArray(String[]::new);
    List<String> arguments = new ArrayList<>(List.of(prefix + "user:"));
    arguments.addAll(internals);
    List<List<String>> hashes =
        redis.eval(HASHES, ScriptOutputType.MULTI, keys, arguments.toArray(String[]::new));
    Map<String, Map<String, String>> fields = new HashMap<>();
    int next = 0;
    for (String internal : internals) {
      fields.put(internal, seen(hashes.get(next++)));
    }
    return fields;
  }

  private static Map<String, String> seen(List<String> hash) {
    Map<String, String> seen = new TreeMap<>();
    for (int i = 0; i < hash.size(); i += 2) {
      String field = hash.get(i);
      String value = hash.get(i + 1);
      if (field.equals("id") || field.equals("g") || field.equals("u") || field.equals(INDEX)) {
        seen.put(field, value);
      } else if (field.equals("t")) {
        seen.put("never", Boolean.toString(Long.parseLong(value) <= 0));
      } else if (field.startsWith("x:") || field.startsWith("p:")) {
        seen.put(field, value.substring(0, value.indexOf(':') + 1));
      } else if (field.startsWith("o:")) {
        seen.put(field, value.substring(value.indexOf(':')));
      }
    }
    return seen;
  }

  /** As if its last use were an hour ago. */
  void age(String internal) {
    Long unused =
        redis.eval(
            AGE,
            ScriptOutputType.INTEGER,
            new String[] {prefix + "id:" + internal, prefix + "expiry"},
            internal,
            "3600000",
            prefix + "user:");
  }

  /** As if the seconds for which former ids answer had passed. */
  void silence(String internal) {
    String[] keys = {prefix + "id:" + internal};
    Long unused = redis.eval(SILENCE, ScriptOutputType.INTEGER, keys);
  }

  void evict(String internal) {
    redis.del(prefix + "id:" + internal);
  }

  /** By which alone a user's sessions can be found. */
  void evictIndex(String user) {
    redis.del(prefix + "user:" + userHash(user));
  }

  void clear() {
    redis.flushall();
  }
}
