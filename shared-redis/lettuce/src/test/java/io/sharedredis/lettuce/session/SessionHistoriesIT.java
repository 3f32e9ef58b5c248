package io.sharedredis.lettuce.session;

import static org.awaitility.Awaitility.await;

import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.testkit.session.SessionHistories;
import io.sharedredis.testkit.session.SessionHistory;
import io.sharedredis.testkit.session.SessionsInRedis;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random histories of requests on three replicas, each with a connection of its own, against a
 * model: reads and writes of requests that are under way at once, sign-ins, sign-outs, expiry,
 * eviction (of an index of a user's sessions, too), ends by the user (one, or all but one),
 * sessions that never expire, and a limit of sessions per user, of either kind or none. In every
 * second history replicas keep for a moment what they have read.
 *
 * <p>{@code -Dsession.histories=10000} for the full number, {@code -Dsession.seed=…} to run one
 * again.
 */
class SessionHistoriesIT {

  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(1);

  private static final List<SessionLimit> LIMITS =
      List.of(
          SessionLimit.NONE,
          SessionLimit.NONE,
          new SessionLimit(2, SessionLimit.Beyond.REFUSE),
          new SessionLimit(2, SessionLimit.Beyond.END_OLDEST));

  private static final List<RedisLink<byte[], byte[]>> links = new ArrayList<>();
  private static final List<SessionNews> news = new ArrayList<>();
  private static final Map<Integer, SessionHistory.Setting> settings = new HashMap<>();
  private static SessionRedis redis;

  @BeforeAll
  static void start() throws Exception {
    redis = new SessionRedis();
    for (int i = 0; i < 3; i++) {
      links.add(redis.connect());
    }
    for (int limit = 0; limit < LIMITS.size(); limit++) {
      settings.put(2 * limit, setting(LIMITS.get(limit), false));
      settings.put(2 * limit + 1, setting(LIMITS.get(limit), true));
    }
  }

  private static SessionHistory.Setting setting(SessionLimit limit, boolean keeps) {
    AtomicLong clock = new AtomicLong();
    List<StoreReplica> replicas = new ArrayList<>();
    for (RedisLink<byte[], byte[]> link : links) {
      SessionStoreOptions options =
          redis.options().withLimit(limit).withFormerIdFor(Duration.ofMinutes(1));
      RedisSessionStore store =
          new RedisSessionStore(link, options, redis.protection, new SecureRandom());
      replicas.add(new StoreReplica(keeps ? kept(link, store, clock) : store));
    }
    return new SessionHistory.Setting(
        replicas,
        new SessionsInRedis(redis.raw(), SessionRedis.APPLICATION),
        limit.most(),
        limit.beyond() == SessionLimit.Beyond.REFUSE,
        keeps,
        () -> clock.addAndGet(TIME_TO_LIVE.toNanos()),
        null);
  }

  private static CachedSessionStore kept(
      RedisLink<byte[], byte[]> link, RedisSessionStore store, AtomicLong clock) {
    SessionNews heard =
        new SessionNews(redis.network(), link, store, TIME_TO_LIVE, 100, clock::get);
    news.add(heard);
    SessionId id = SessionRedis.create(store, SessionRedis.first());
    // Before it hears what is announced it keeps nothing.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> heard.cache().load(id).isPresent() && heard.cache().hits() > 0);
    return heard.cache();
  }

  @AfterAll
  static void stop() {
    news.forEach(SessionNews::close);
    links.forEach(RedisLink::close);
    redis.close();
  }

  @Test
  void replicasDoWhatTheModelSays() throws Exception {
    SessionHistories.run(100, seed -> settings.get(Math.floorMod(seed, 2 * LIMITS.size())));
    long hits = news.stream().mapToLong(one -> one.cache().hits()).sum();
    System.out.println(hits + " reads cost no command");
  }
}
