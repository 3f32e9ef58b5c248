package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static io.sharedredis.lettuce.session.SessionRedis.key;
import static io.sharedredis.lettuce.session.SessionRedis.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisException;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The slot of sessions on its way from one node of a cluster to another, with some keys here and
 * some there: what cannot be done whole is refused whole, and everything goes on afterwards.
 */
class SessionSlotMoveIT {

  private static final String EXPIRY = "shared-redis:shop:session:{0}:expiry";
  private static final String USER =
      "shared-redis:shop:session:{0}:user:" + SessionId.userHash("alice");

  private static SessionRedis redis;

  private final RedisSessionStore store = redis.store();

  @BeforeAll
  static void start() throws Exception {
    redis = new SessionRedis(SharedTestRedis.CLUSTER);
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Test
  void whatCannotBeWrittenWholeWhileTheSlotMovesIsNotWrittenInPart() {
    SessionId alice = create(store, first("cart", "mug").withOwner(new Owner.User("alice")));
    SessionId other = create(store, first("cart", "cup").withOwner(new Owner.User("alice")));
    Map<String, String> before = redis.raw().hgetall(key(alice));
    try (var move = SharedTestRedis.beginMove(SessionRedis.SLOT)) {
      assertThat(store.save(alice, 1, change("cart", "2 mugs")))
          .isInstanceOf(SaveOutcome.Saved.class);
      before.putAll(redis.raw().hgetall(key(alice)));
      move.moveKeys(List.of(USER, key(other)));
      assertThat(read(store.load(alice).orElseThrow())).isEqualTo(Map.of("cart", "2 mugs"));
      refused(() -> store.save(alice, 2, change("cart", "3 mugs")));
      assertThat(redis.raw().hgetall(key(alice))).isEqualTo(before);
      refused(() -> create(store, first("cart", "pot")));
      refused(() -> store.load(other));
      refused(() -> store.end(other, EndReason.SIGNED_OUT));
      redis.raw().zadd(EXPIRY, 1, other.internal());
      refused(() -> store.claimExpired("one", Duration.ofSeconds(1), 10));
      move.moveKeys(List.of(EXPIRY));
      refused(() -> store.load(alice));
      assertThat(read(store.load(other).orElseThrow())).isEqualTo(Map.of("cart", "cup"));
      assertThat(store.save(other, 1, change("cart", "2 cups")))
          .isInstanceOf(SaveOutcome.Saved.class);
      refused(() -> store.list("alice", 0, 10));
    }
    assertThat(read(store.load(alice).orElseThrow())).isEqualTo(Map.of("cart", "2 mugs"));
    assertThat(read(store.load(other).orElseThrow())).isEqualTo(Map.of("cart", "2 cups"));
    assertThat(store.list("alice", 0, 10).sessions())
        .extracting(StoredSession::internal)
        .containsExactlyInAnyOrder(alice.internal(), other.internal());
    assertThat(store.endAll("alice", "", EndReason.REVOKED).internals()).hasSize(2);
  }

  private static void refused(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(RedisException.class);
  }
}
