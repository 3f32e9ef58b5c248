package io.sharedredis.benchmarks.sessions;

import io.sharedredis.benchmarks.measure.CpuTimeProfiler;
import io.sharedredis.benchmarks.measure.Figure;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SaveOutcome;
import io.sharedredis.lettuce.session.SessionWrite;
import io.sharedredis.spring.session.SessionCounters;
import io.sharedredis.spring.session.SessionJson;
import io.sharedredis.spring.session.UserSessions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lists the sessions of one user who has very many, a page at a time and all of them; prints {@link
 * Figure}s for {@link SpeedProof}.
 */
final class ListingFork {
  static final int SESSIONS = 10_000;
  static final String PAGE = "one page";
  static final String ALL = "all pages";
  static final String CLOCK = " clock ms";
  static final String CPU = " cpu ms";
  static final String CPU_HERE = " cpu ms without Redis";

  private static final String USER = "alice";

  /** A device as browsers name themselves. */
  private static final String DETAILS =
      """
      {"device":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",\
      "address":"203.0.113.7","replica":"shop-1"}""";

  private ListingFork() {}

  /**
   * @param args rounds
   */
  public static void main(String[] args) {
    int rounds = Integer.parseInt(args[0]);
    try (Stores stores = new Stores()) {
      RedisSessionStore store = stores.store();
      SessionWrite first = signIn(stores.json());
      for (int i = 0; i < SESSIONS; i++) {
        SaveOutcome unused = store.create(store.newId(), Instant.now(), first);
      }
      RedisFacts redis = new RedisFacts(stores.redis());
      UserSessions listing = new UserSessions(store, new SessionCounters());
      for (int round = 0; round < rounds; round++) {
        time(PAGE, redis, () -> page(listing, SESSIONS / 2));
        time(ALL, redis, () -> all(listing));
      }
    }
    System.exit(0);
  }

  private static SessionWrite signIn(SessionJson json) {
    return SessionWrite.of(
            Map.of(
                SampleSession.SECURITY_CONTEXT,
                json.serialize(SampleSession.signedIn(USER)),
                SamplePage.BASKET,
                json.serialize(SampleSession.basket(1))),
            Set.of())
        .withOwner(new SessionWrite.Owner.User(USER))
        .withTimeout(Duration.ofMinutes(30))
        .withDetails(DETAILS.getBytes(StandardCharsets.UTF_8));
  }

  private static void time(String what, RedisFacts redis, Runnable work) {
    double ofRedis = redis.processorSeconds();
    long cpu = CpuTimeProfiler.total();
    long clock = System.nanoTime();
    work.run();
    new Figure(what + CLOCK, (System.nanoTime() - clock) / 1e6).print();
    double here = (CpuTimeProfiler.total() - cpu) / 1e6;
    double there = (redis.processorSeconds() - ofRedis) * 1000;
    new Figure(what + CPU_HERE, here).print();
    new Figure(what + CPU, here + there).print();
  }

  private static int page(UserSessions listing, int from) {
    List<UserSessions.UserSession> page = listing.list(USER, from);
    if (page.isEmpty()) {
      throw new IllegalStateException("nothing at " + from);
    }
    return page.size();
  }

  private static void all(UserSessions listing) {
    for (int from = 0; from < SESSIONS; ) {
      from += page(listing, from);
    }
  }
}
