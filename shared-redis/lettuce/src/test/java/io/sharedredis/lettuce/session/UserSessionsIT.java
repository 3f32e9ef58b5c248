package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The sessions of one user together. */
@ParameterizedClass
@EnumSource
class UserSessionsIT {

  private static SessionRedis redis;

  @Parameter SharedTestRedis topology;

  private final RedisSessionStore store = redis.store();

  @BeforeParameterizedClassInvocation
  static void start(SharedTestRedis topology) throws Exception {
    redis = new SessionRedis(topology);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    redis.close();
  }

  @BeforeEach
  void empty() {
    redis.raw().flushall();
  }

  @Test
  void sessionsOfAUserAreListedLastUsedFirst() {
    SessionId one = signedIn(store, "alice");
    SessionId two = signedIn(store, "alice");
    signedIn(store, "bob");
    // Both were last used five minutes ago, and one again just now.
    redis.age(one, Duration.ofMinutes(5));
    redis.raw().zincrby(index("alice"), -300_000, one.internal());
    redis.raw().zincrby(index("alice"), -300_000, two.internal());
    store.load(one);
    SessionPage page = store.list("alice", 0, 10);
    assertThat(page.total()).isEqualTo(2);
    assertThat(page.sessions())
        .extracting(StoredSession::internal)
        .containsExactly(one.internal(), two.internal());
    assertThat(page.sessions().get(0).id()).isEqualTo(one);
  }

  @Test
  void outlineSaysWhenAndHowSessionsAreUsedWithoutWhatTheyHold() {
    byte[] details = "a browser".getBytes(StandardCharsets.UTF_8);
    SessionId id = create(store, signIn("alice").withDetails(details));
    SessionPage page = store.outline("alice", 0, 10);
    assertThat(page.total()).isEqualTo(1);
    StoredSession outline = page.sessions().get(0);
    StoredSession whole = store.load(id).orElseThrow();
    assertThat(outline.internal()).isEqualTo(id.internal());
    assertThat(outline.created()).isEqualTo(whole.created());
    assertThat(outline.lastAccess()).isEqualTo(whole.lastAccess());
    assertThat(outline.timeout()).isEqualTo(whole.timeout());
    assertThat(outline.generation()).isEqualTo(whole.generation());
    assertThat(outline.details().orElseThrow()).isEqualTo(details);
    assertThat(outline.names()).isEmpty();
    assertThat(outline.size()).isLessThan(whole.size() / 2);
  }

  @Test
  void sessionMovesWithItsUserAndLeavesTheListWithItsEnd() {
    SessionId id = signedIn(store, "alice");
    store.save(id, 1, change().withOwner(new Owner.User("bob")));
    assertThat(store.list("alice", 0, 10).total()).isZero();
    assertThat(store.list("bob", 0, 10).total()).isEqualTo(1);
    store.save(id, 2, change("a", "1"));
    assertThat(store.list("bob", 0, 10).total()).isEqualTo(1);
    store.save(id, 3, change().withOwner(Owner.NOBODY));
    assertThat(store.list("bob", 0, 10).total()).isZero();
    store.save(id, 4, change().withOwner(new Owner.User("bob")));
    store.end(id, EndReason.SIGNED_OUT);
    assertThat(store.list("bob", 0, 10).total()).isZero();
    assertThat(redis.raw().keys("*:user:*")).isEmpty();
  }

  @Test
  void expiredAndEvictedSessionsLeaveTheList() {
    SessionId expired = signedIn(store, "alice");
    SessionId evicted = signedIn(store, "alice");
    SessionId living = signedIn(store, "alice");
    String index = "shared-redis:shop:session:{0}:user:" + SessionId.userHash("alice");
    redis.raw().zadd(index, 1, expired.internal());
    redis.raw().del(SessionRedis.key(evicted));
    assertThat(store.outline("alice", 0, 10).sessions())
        .extracting(StoredSession::internal)
        .containsExactly(living.internal());
    assertThat(redis.raw().zrange(index, 0, -1)).containsExactly(living.internal());
  }

  /** As it looks when the clock of Redis was ahead for a while. */
  @Test
  void clockThatIsAheadForAWhileHidesSessionsAndLosesNone() {
    SessionId id = signedIn(store, "alice");
    redis.clockGoes(Duration.ofHours(1), id, "alice");
    assertThat(store.list("alice", 0, 10)).isEqualTo(new SessionPage(0, List.of()));
    RedisSessionStore one =
        redis.store(redis.options().withLimit(new SessionLimit(9, SessionLimit.Beyond.REFUSE)));
    SessionId other = signedIn(one, "alice");
    redis.clockGoes(Duration.ofHours(-1), id, "alice");
    assertThat(store.list("alice", 0, 10).sessions())
        .extracting(StoredSession::internal)
        .containsExactlyInAnyOrder(id.internal(), other.internal());
    assertThat(store.endAll("alice", "", EndReason.REVOKED).internals())
        .containsExactlyInAnyOrder(id.internal(), other.internal());
    assertThat(store.load(id)).isEmpty();
  }

  @Test
  void sessionThatSeemedExpiredWhenItWasToEndDoesNotComeBackWithTheClock() {
    SessionId withAll = signedIn(store, "alice");
    SessionId signedOut = signedIn(store, "bob");
    SessionId revoked = signedIn(store, "carol");
    SessionId others = signedIn(store, "dora");
    Map<SessionId, String> users =
        Map.of(withAll, "alice", signedOut, "bob", revoked, "carol", others, "dora");
    users.forEach((id, user) -> redis.clockGoes(Duration.ofHours(1), id, user));
    assertThat(store.endAll("alice", "", EndReason.REVOKED))
        .isEqualTo(new EndedSessions(List.of(), false));
    assertThat(store.end(signedOut, EndReason.SIGNED_OUT)).isEmpty();
    assertThat(store.endOf("carol", revoked.internal(), EndReason.REVOKED)).isEmpty();
    assertThat(store.endOf("carol", others.internal(), EndReason.REVOKED)).isEmpty();
    assertThat(store.end(store.renewed(others), EndReason.SIGNED_OUT)).isEmpty();
    users.forEach((id, user) -> redis.clockGoes(Duration.ofHours(-1), id, user));
    assertThat(store.load(withAll)).isEmpty();
    assertThat(store.load(signedOut)).isEmpty();
    assertThat(store.load(revoked)).isEmpty();
    assertThat(store.load(others)).as("that nobody was entitled to end").isPresent();
  }

  @Test
  void onlySessionsThatLivedCountAsEnded() {
    SessionId living = signedIn(store, "alice");
    SessionId expired = signedIn(store, "alice");
    SessionId evicted = signedIn(store, "alice");
    redis.age(expired, Duration.ofHours(1));
    redis.raw().del(SessionRedis.key(evicted));
    assertThat(store.endAll("alice", "", EndReason.REVOKED))
        .isEqualTo(new EndedSessions(List.of(living.internal()), false));
    assertThat(redis.raw().exists(index("alice"))).isZero();
  }

  @Test
  void moreThanOneCommandEndsAreEndedByFurtherOnes() {
    SessionId mine = signedIn(store, "alice");
    SessionId other = signedIn(store, "alice");
    Object[] entries = new Object[3000];
    for (int i = 0; i < entries.length; i += 2) {
      entries[i] = System.currentTimeMillis() + 9e6;
      entries[i + 1] = "none-" + i;
    }
    redis.raw().zadd(index("alice"), entries);
    assertThat(store.endAll("alice", mine.internal(), EndReason.REVOKED))
        .as("the entries that were used last lead nowhere")
        .isEqualTo(new EndedSessions(List.of(), true));
    assertThat(store.endAll("alice", mine.internal(), EndReason.REVOKED))
        .isEqualTo(new EndedSessions(List.of(other.internal()), false));
    assertThat(store.load(mine)).isPresent();
    assertThat(store.load(other)).isEmpty();
  }

  @Test
  void allSessionsOfAUserEndButMine() {
    SessionId mine = signedIn(store, "alice");
    SessionId other = signedIn(store, "alice");
    SessionId third = signedIn(store, "alice");
    SessionId bob = signedIn(store, "bob");
    assertThat(store.endAll("alice", mine.internal(), EndReason.REVOKED).internals())
        .containsExactlyInAnyOrder(other.internal(), third.internal());
    assertThat(store.load(mine)).isPresent();
    assertThat(store.load(other)).isEmpty();
    assertThat(store.load(third)).isEmpty();
    assertThat(store.endAll("alice", "", EndReason.REVOKED).internals())
        .containsExactly(mine.internal());
    assertThat(store.load(mine)).isEmpty();
    assertThat(store.load(bob)).isPresent();
  }

  @Test
  void sessionOfSomebodyElseIsNotEnded() {
    SessionId alice = signedIn(store, "alice");
    assertThat(store.endOf("bob", alice.internal(), EndReason.REVOKED)).isEmpty();
    assertThat(store.load(alice)).isPresent();
    assertThat(store.endOf("alice", alice.internal(), EndReason.REVOKED)).isPresent();
    assertThat(store.load(alice)).isEmpty();
    assertThat(store.count()).isZero();
  }

  @Test
  void everyEndIsAnnouncedWithItsReason() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    var client = io.lettuce.core.RedisClient.create(redis.elsewhere());
    try {
      var subscriber = client.connectPubSub();
      subscriber.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
              heard.add(message);
            }
          });
      subscriber.sync().subscribe(store.endsChannel());
      SessionId signedOut = signedIn(store, "alice");
      SessionId revoked = signedIn(store, "alice");
      SessionId expired = signedIn(store, "alice");
      store.end(signedOut, EndReason.SIGNED_OUT);
      store.endByInternal(revoked.internal(), EndReason.REVOKED);
      redis.age(expired, Duration.ofHours(1));
      store.claimExpired("one", Duration.ofSeconds(30), 10);
      store.confirmExpired(List.of(expired.internal()));
      List<String> ends =
          List.of(
              "signed-out:" + signedOut.internal(),
              "revoked:" + revoked.internal(),
              "expired:" + expired.internal());
      // In a cluster ends of earlier tests may still be on their way.
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> heard.stream().filter(ends::contains).toList().equals(ends));
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  /** Nobody can find it by its user until then: a list and an end of all would miss it. */
  @Test
  void sessionWhoseIndexWasEvictedIsInItAgainWithItsNextUse() {
    SessionId used = signedIn(store, "alice");
    SessionId idle = signedIn(store, "alice");
    String access = redis.raw().hget(SessionRedis.key(used), "a");
    redis.raw().del(index("alice"));
    assertThat(store.list("alice", 0, 10).sessions()).isEmpty();
    assertThat(store.load(used)).isPresent();
    assertThat(store.list("alice", 0, 10).sessions())
        .extracting(StoredSession::internal)
        .containsExactly(used.internal());
    assertThat(redis.raw().pttl(index("alice"))).isPositive();
    assertThat(Long.parseLong(redis.raw().hget(SessionRedis.key(used), "a")))
        .isGreaterThanOrEqualTo(Long.parseLong(access));
    assertThat(store.endAll("alice", "", EndReason.REVOKED).internals())
        .containsExactly(used.internal());
    assertThat(store.load(used)).isEmpty();
    // What nobody has used since then was missed.
    assertThat(store.load(idle)).isPresent();
    assertThat(store.endAll("alice", "", EndReason.REVOKED).internals())
        .containsExactly(idle.internal());
  }

  @Test
  void pageOfTenThousandSessionsOfOneUserCostsWhatThePageHolds() {
    double ends = System.currentTimeMillis() + 1_000_000;
    for (int hundred = 0; hundred < 100; hundred++) {
      Object[] entries = new Object[200];
      for (int i = 0; i < 100; i++) {
        entries[2 * i] = ends + hundred * 100 + i;
        entries[2 * i + 1] = "none-" + (hundred * 100 + i);
      }
      redis.raw().zadd(index("alice"), entries);
    }
    for (int i = 0; i < 50; i++) {
      SessionId id = signedIn(store, "alice");
      redis.raw().zincrby(index("alice"), 10_000_000, id.internal());
    }
    assertThat(store.outline("alice", 0, 1).sessions()).as("Redis has the script").hasSize(1);
    long hashes = calls("hmget");
    long scripts = calls("evalsha");
    long begin = System.nanoTime();
    SessionPage page = store.outline("alice", 0, 50);
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(page.total()).isEqualTo(10_050);
    assertThat(page.sessions()).hasSize(50);
    // How long that takes is the machine's affair; that it does not grow with the sessions is ours.
    assertThat(calls("hmget") - hashes).isEqualTo(50);
    assertThat(calls("evalsha") - scripts).isEqualTo(1);
    System.out.println(topology + ": 50 of 10,050 sessions in " + took.toMillis() + " ms");
    page = store.outline("alice", 10_000, 50);
    assertThat(page.total()).as("those behind lead nowhere and are dropped").isEqualTo(10_000);
    assertThat(calls("hmget") - hashes).isEqualTo(100);
  }

  private static long calls(String command) {
    return redis
        .raw()
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_" + command + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")))
        .sum();
  }

  private static String index(String user) {
    return "shared-redis:shop:session:{0}:user:" + SessionId.userHash(user);
  }

  private static SessionWrite signIn(String user) {
    return SessionWrite.of(SessionRedis.values("user", user), Set.of())
        .withTimeout(SessionRedis.TIMEOUT)
        .withOwner(new Owner.User(user));
  }

  private static SessionId signedIn(SessionStore store, String user) {
    return create(store, signIn(user));
  }
}
