package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionNames.bytes;
import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.key;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.lettuce.connection.LuaScript;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A rolling update in small: the scripts of the first version, kept as they were, beside those of
 * today on the same sessions. Never changed; whole replicas of two versions are rolled by {@code
 * .ci/proof session-rolling-update}.
 */
class SessionVersionsIT {

  private static final String PREFIX = "shared-redis:shop:session:{0}:";
  private static final String TOUCH = "180000";

  private static SessionRedis redis;
  private static RedisClient client;
  private static RedisAsyncCommands<byte[], byte[]> raw;

  private final RedisSessionStore today = redis.store();
  private final SessionSeal seal = new SessionSeal(redis.protection, SessionRedis.APPLICATION);

  @BeforeAll
  static void start() throws Exception {
    redis = new SessionRedis();
    client = RedisClient.create(redis.uri());
    raw = client.connect(ByteArrayCodec.INSTANCE).async();
  }

  @AfterAll
  static void stop() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @Test
  void firstVersionReadsWhatTodaysWrites() throws Exception {
    SessionId id =
        create(today, first("cart", "mug", "user", "guest").withOwner(new Owner.User("alice")));
    assertThat(firstLoad(id)).isEqualTo(Map.of("cart", "mug", "user", "guest"));
    today.save(id, 1, SessionWrite.of(change("cart", "cup").set(), Set.of("user")));
    assertThat(firstLoad(id)).isEqualTo(Map.of("cart", "cup"));
    SessionId renewed = today.renewed(id);
    today.save(id, 2, change("user", "alice").withNewId(renewed));
    assertThat(firstLoad(renewed)).isEqualTo(Map.of("cart", "cup", "user", "alice"));
    assertThat(firstLoad(id)).isEqualTo(Map.of("cart", "cup"));
    today.end(renewed, EndReason.SIGNED_OUT);
    assertThat(firstLoad(renewed)).isEmpty();
  }

  @Test
  void todaysVersionReadsWhatTheFirstWrites() throws Exception {
    SessionId id = today.newId();
    assertThat(firstCreate(id, "alice", "cart", "mug")).isEqualTo("SAVED");
    StoredSession session = today.load(id).orElseThrow();
    assertThat(read(session)).isEqualTo(Map.of("cart", "mug"));
    assertThat(session.id()).isEqualTo(id);
    assertThat(today.list("alice", 0, 10).sessions()).hasSize(1);
    SessionId renewed = today.renewed(id);
    assertThat(firstSave(id, 1, renewed, "user", "alice")).isEqualTo("SAVED");
    assertThat(read(today.load(renewed).orElseThrow()))
        .isEqualTo(Map.of("cart", "mug", "user", "alice"));
    assertThat(today.load(id).orElseThrow().former()).isTrue();
    assertThat(today.save(id, 1, change("late", "yes"))).isInstanceOf(SaveOutcome.Saved.class);
    assertThat(today.endAll("alice", "", EndReason.REVOKED).internals())
        .containsExactly(id.internal());
    assertThat(firstSave(renewed, 2, null, "user", "mallory")).isEqualTo("GONE");
  }

  @Test
  void bothVersionsCountTheWritesOfOneSessionTogether() throws Exception {
    SessionId id = today.newId();
    firstCreate(id, "", "a", "0");
    for (int i = 1; i < 20; i += 2) {
      assertThat(today.save(id, i, change("a", "today " + i)))
          .isEqualTo(new SaveOutcome.Saved(i + 1, false, List.of()));
      assertThat(firstSave(id, i + 1, null, "b", "first " + i)).isEqualTo("SAVED");
      assertThat(read(today.load(id).orElseThrow())).isEqualTo(firstLoad(id));
      assertThat(firstLoad(id)).isEqualTo(Map.of("a", "today " + i, "b", "first " + i));
    }
    assertThat(run("end", id, PREFIX, id.internal(), id.check(), "ends", "signed-out", TOUCH, ""))
        .isNotEmpty();
    assertThat(today.load(id)).isEmpty();
    assertThat(redis.raw().exists(key(id))).isZero();
  }

  @Test
  void valuesAreSealedUnderThePurposesThatTheFormatNames() {
    SessionId id = create(today, first("cart", "mug").withDetails(new byte[] {7}));
    var session =
        redis.protection.protector("SharedRedis.Session", "v1", "shop").protector(id.internal());
    Map<String, byte[]> hash = hash(id);
    byte[] value = hash.get("x:cart");
    assertThat(new String(value, 0, 2, UTF_8)).isEqualTo("1:");
    byte[] sealed = Arrays.copyOfRange(value, 2, value.length);
    assertThat(session.protector("attribute", "cart").unprotect(sealed)).isEqualTo(bytes("mug"));
    assertThat(session.protector("id").unprotect(hash.get("i"))).isEqualTo(bytes(id.text()));
    assertThat(session.protector("details").unprotect(hash.get("d"))).containsExactly(7);
  }

  private Map<String, String> firstLoad(SessionId id) throws Exception {
    List<Object> reply = run("load", id, PREFIX, id.internal(), id.check(), TOUCH);
    if (reply.size() < 2) {
      return Map.of();
    }
    String seen = new String((byte[]) reply.get(0), UTF_8);
    return read(
        new StoredSession(
            id.internal(),
            new SessionFields((List<?>) reply.get(1), seen.isEmpty() ? null : Long.valueOf(seen)),
            seal));
  }

  private String firstCreate(SessionId id, String user, String name, String value)
      throws Exception {
    String hash = user.isEmpty() ? "" : SessionId.userHash(user);
    return word(
        run(
            "create",
            id,
            PREFIX,
            id.internal(),
            id.check(),
            TOUCH,
            "1763805600000",
            "1800000",
            hash,
            "0",
            "end-oldest",
            "ends",
            seal.sealId(id),
            "",
            name,
            seal.sealAttribute(id.internal(), name, bytes(value))));
  }

  private String firstSave(
      SessionId id, long generation, @Nullable SessionId newId, String name, String value)
      throws Exception {
    return word(
        run(
            "save",
            id,
            PREFIX,
            id.internal(),
            id.check(),
            TOUCH,
            Long.toString(generation),
            newId == null ? "" : newId.check(),
            "10000",
            "",
            "=",
            "0",
            "end-oldest",
            "ends",
            newId == null ? "" : seal.sealId(newId),
            "",
            "1",
            name,
            seal.sealAttribute(id.internal(), name, bytes(value))));
  }

  private static List<Object> run(String script, SessionId id, Object... arguments)
      throws Exception {
    byte[][] keys = {bytes(key(id)), bytes(PREFIX + "expiry")};
    byte[][] values = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      values[i] = arguments[i] instanceof byte[] sealed ? sealed : bytes((String) arguments[i]);
    }
    List<Object> reply =
        LuaScript.beside(SessionVersionsIT.class, "first/common.lua", "first/" + script + ".lua")
            .<byte[], byte[], List<Object>>run(raw, ScriptOutputType.MULTI, keys, values)
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    return reply == null ? List.of() : reply;
  }

  private static Map<String, byte[]> hash(SessionId id) {
    Map<String, byte[]> fields = new HashMap<>();
    raw.hgetall(bytes(key(id)))
        .toCompletableFuture()
        .join()
        .forEach((name, value) -> fields.put(new String(name, UTF_8), value));
    return fields;
  }

  private static String word(List<Object> reply) {
    return new String((byte[]) reply.get(0), UTF_8);
  }
}
