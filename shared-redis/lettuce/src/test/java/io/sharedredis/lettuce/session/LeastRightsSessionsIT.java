package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.lettuce.RestrictedRedis;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Sessions as a user with the rights of the document. */
class LeastRightsSessionsIT {

  private static final Duration CONFIRM = Duration.ofMinutes(1);

  private static RedisLink<byte[], byte[]> link(RedisNetwork network, RestrictedRedis redis)
      throws Exception {
    RedisLink<byte[], byte[]> link =
        new RedisLink<>(
            network, "sessions", RedisAddress.parse("test", redis.url()), ByteArrayCodec.INSTANCE);
    link.firstConnected().get(20, TimeUnit.SECONDS);
    return link;
  }

  private static SessionWrite signIn(String user) {
    return first("cart", "mug").withOwner(new Owner.User(user));
  }

  @Test
  void everythingThatIsDoneWithSessionsNeedsTheRightsOfTheDocumentAndNoMore() throws Exception {
    try (RestrictedRedis redis = new RestrictedRedis("shop", "Hub", "sessions");
        DataProtection ring = DataProtection.ephemeral();
        RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
        RedisLink<byte[], byte[]> link = link(network, redis)) {
      SessionStoreOptions options = SessionStoreOptions.of("shop");
      RedisSessionStore direct = new RedisSessionStore(link, options, ring, new SecureRandom());
      RedisSessionStore one =
          new RedisSessionStore(
              link,
              options.withLimit(new SessionLimit(1, SessionLimit.Beyond.END_OLDEST)),
              ring,
              new SecureRandom());
      try (SessionNews news = new SessionNews(network, link, direct, Duration.ofSeconds(1), 10)) {
        SessionStore store = news.cache();
        SessionId id = create(store, signIn("alice"));
        store.save(id, 1, change("cart", "two mugs", "a", "b"));
        SessionId once = store.renewed(id);
        store.save(id, 2, SessionWrite.of(SessionRedis.values(), Set.of("a")).withNewId(once));
        SessionId renewed = store.renewed(once);
        store.save(once, 3, change().withNewId(renewed));
        assertThat(store.load(renewed)).isPresent();
        store.save(renewed, 4, change("cart", "none").withOwner(new Owner.User("bob")));
        assertThat(store.list("bob", 0, 10).total()).isEqualTo(1);
        assertThat(store.outline("bob", 0, 10).sessions()).hasSize(1);
        create(one, signIn("bob"));
        SessionId last = create(store, signIn("bob"));
        store.endOf("bob", last.internal(), EndReason.REVOKED);
        store.endAll("bob", "", EndReason.REVOKED);
        List<StoredSession> ended = store.claimEnded("replica", CONFIRM, 10);
        assertThat(ended).isNotEmpty();
        store.confirmEnded(ended.stream().map(StoredSession::internal).toList());

        SessionId moved = SessionId.standingFor("former");
        store.createMoved(moved, Instant.now(), first("a", "b"), Duration.ofMinutes(1));
        assertThat(store.move(moved)).isEqualTo(Move.UNDER_WAY);
        store.moveDone(moved);

        SessionId brief = create(store, signIn("carol").withTimeout(Duration.ofMillis(1)));
        String key = SessionRedis.key(brief);
        redis.admin().hset(key, "a", "1");
        redis.admin().zadd("shared-redis:shop:session:{0}:expiry", 1, brief.internal());
        assertThat(store.claimExpired("replica", CONFIRM, 10)).hasSize(1);
        store.confirmExpired(List.of(brief.internal()));
        assertThat(store.count()).isEqualTo(1);
        store.end(moved, EndReason.SIGNED_OUT);
      }
      redis.assertRightsAreExact("+ping");
      assertThatThrownBy(() -> link.sync(commands -> commands.get("other".getBytes(UTF_8))))
          .isInstanceOf(RedisCommandExecutionException.class)
          .hasMessageContaining("NOPERM");
    }
  }

  @Test
  void sessionsOfDotNetNeedTheRightsOfTheDocumentAndNoMore() throws Exception {
    try (RestrictedRedis redis = new RestrictedRedis("shop", "Hub", "dotnet-sessions");
        RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
        RedisLink<byte[], byte[]> link = link(network, redis)) {
      DotnetSessionCache cache =
          new DotnetSessionCache(link, "INSTANCE", Duration.ofMinutes(20), 10_000);
      cache.write("a", new byte[] {1});
      assertThat(cache.read("a")).isPresent();
      cache.move("a", "b");
      redis.admin().pexpire("INSTANCEb", 1_000);
      cache.removeIdle("b", Duration.ofMillis(1));
      cache.write("c", new byte[] {1});
      cache.remove("c");
      Awaitility.await().until(() -> cache.read("c").isEmpty());
      redis.assertRightsAreExact("+ping");
    }
  }
}
