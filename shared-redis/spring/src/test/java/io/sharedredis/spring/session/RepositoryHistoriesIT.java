package io.sharedredis.spring.session;

import static org.awaitility.Awaitility.await;

import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.SessionLimit;
import io.sharedredis.lettuce.session.SessionNews;
import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.lettuce.session.SessionStoreOptions;
import io.sharedredis.testkit.session.SessionHistories;
import io.sharedredis.testkit.session.SessionHistory;
import io.sharedredis.testkit.session.SessionsInRedis;
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
 * The random histories of the session store once more, through the repository that applications
 * use: on three replicas, each with a connection of its own, which in every second history keep for
 * a moment what they have read. Number and seed: as for the store.
 */
class RepositoryHistoriesIT {

  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(1);

  private static final List<SessionLimit> LIMITS =
      List.of(
          SessionLimit.NONE,
          new SessionLimit(2, SessionLimit.Beyond.REFUSE),
          new SessionLimit(2, SessionLimit.Beyond.END_OLDEST));

  private static final List<RedisLink<byte[], byte[]>> links = new ArrayList<>();
  private static final List<SessionNews> news = new ArrayList<>();
  private static final Map<Integer, SessionHistory.Setting> settings = new HashMap<>();
  private static SharedSessions redis;

  @BeforeAll
  static void start() throws Exception {
    redis = new SharedSessions();
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
    List<RepositoryReplica> replicas = new ArrayList<>();
    for (RedisLink<byte[], byte[]> link : links) {
      SessionStoreOptions options =
          redis.options().withLimit(limit).withFormerIdFor(Duration.ofMinutes(1));
      RedisSessionStore store = redis.store(link, options);
      SessionStore asked = keeps ? kept(link, store, clock) : store;
      replicas.add(new RepositoryReplica(redis.repository(asked, SharedSessions.TIMEOUT), asked));
    }
    return new SessionHistory.Setting(
        replicas,
        new SessionsInRedis(redis.raw(), SharedSessions.APPLICATION),
        limit.most(),
        limit.beyond() == SessionLimit.Beyond.REFUSE,
        keeps,
        () -> clock.addAndGet(TIME_TO_LIVE.toNanos()),
        RepositoryReplica.OWNER);
  }

  private static SessionStore kept(
      RedisLink<byte[], byte[]> link, RedisSessionStore store, AtomicLong clock) {
    SessionNews heard =
        new SessionNews(redis.network(), link, store, TIME_TO_LIVE, 100, clock::get);
    news.add(heard);
    SharedSessionRepository sessions = redis.repository(store, SharedSessions.TIMEOUT);
    SharedSession session = sessions.createSession();
    sessions.save(session);
    SessionId id = SessionId.parse(session.getId()).orElseThrow();
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
  void repositoriesDoWhatTheModelSays() throws Exception {
    SessionHistories.run(40, seed -> settings.get(Math.floorMod(seed, 2 * LIMITS.size())));
  }
}
