package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  @Test
  void allSessionsOfAUserEndButMine() {
    SessionId mine = signedIn(store, "alice");
    SessionId other = signedIn(store, "alice");
    SessionId third = signedIn(store, "alice");
    SessionId bob = signedIn(store, "bob");
    assertThat(store.endAll("alice", mine.internal(), EndReason.REVOKED))
        .containsExactlyInAnyOrder(other.internal(), third.internal());
    assertThat(store.load(mine)).isPresent();
    assertThat(store.load(other)).isEmpty();
    assertThat(store.load(third)).isEmpty();
    assertThat(store.endAll("alice", "", EndReason.REVOKED)).containsExactly(mine.internal());
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
          .atMost(Duration.ofSeconds(10))
          .until(() -> heard.stream().filter(ends::contains).toList().equals(ends));
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  @Test
  void limitEndsTheSessionThatWasNotUsedForTheLongestTime() {
    RedisSessionStore two = limited(2, SessionLimit.Beyond.END_OLDEST);
    SessionId first = signedIn(two, "alice");
    SessionId second = signedIn(two, "alice");
    redis.age(second, Duration.ofMinutes(20));
    redis.raw().zincrby(index("alice"), -20 * 60_000, second.internal());
    SessionId third = two.newId();
    assertThat(two.create(third, Instant.EPOCH, signIn("alice")))
        .isEqualTo(new SaveOutcome.Saved(1, false, List.of(second.internal())));
    assertThat(two.load(first)).isPresent();
    assertThat(two.load(second)).isEmpty();
    assertThat(two.load(third)).isPresent();
  }

  @Test
  void limitRefusesOneMoreAndLetsThoseThatAreThereGoOn() {
    RedisSessionStore one = limited(1, SessionLimit.Beyond.REFUSE);
    SessionId first = signedIn(one, "alice");
    SessionId second = one.newId();
    assertThat(one.create(second, Instant.EPOCH, signIn("alice")))
        .isInstanceOf(SaveOutcome.Refused.class);
    assertThat(redis.raw().exists(SessionRedis.key(second))).isZero();
    // Signing in again in the same session takes no second place.
    assertThat(one.save(first, 1, signIn("alice").withNewId(one.renewed(first))))
        .isInstanceOf(SaveOutcome.Saved.class);
    // Nor does a session that was evicted.
    redis.raw().del(SessionRedis.key(first));
    assertThat(one.create(second, Instant.EPOCH, signIn("alice")))
        .isInstanceOf(SaveOutcome.Saved.class);
  }

  @Test
  void anonymousSessionThatIsRefusedItsSignInStaysAnonymous() {
    RedisSessionStore one = limited(1, SessionLimit.Beyond.REFUSE);
    signedIn(one, "alice");
    SessionId anonymous = create(one, first("cart", "mug"));
    assertThat(one.save(anonymous, 1, signIn("alice").withNewId(one.renewed(anonymous))))
        .isInstanceOf(SaveOutcome.Refused.class);
    assertThat(SessionRedis.read(one.load(anonymous).orElseThrow())).containsOnlyKeys("cart");
  }

  @Test
  void limitCannotBeRaced() throws Exception {
    RedisSessionStore three = limited(3, SessionLimit.Beyond.REFUSE);
    int attempts = 24;
    ExecutorService threads = Executors.newFixedThreadPool(attempts);
    try {
      CyclicBarrier together = new CyclicBarrier(attempts);
      List<Callable<SaveOutcome>> tries = new ArrayList<>();
      for (int i = 0; i < attempts; i++) {
        tries.add(
            () -> {
              together.await();
              return three.create(three.newId(), Instant.EPOCH, signIn("alice"));
            });
      }
      int saved = 0;
      for (Future<SaveOutcome> outcome : threads.invokeAll(tries)) {
        saved += outcome.get() instanceof SaveOutcome.Saved ? 1 : 0;
      }
      assertThat(saved).isEqualTo(3);
      assertThat(three.list("alice", 0, 100).total()).isEqualTo(3);
    } finally {
      threads.shutdownNow();
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
    assertThat(store.endAll("alice", "", EndReason.REVOKED)).containsExactly(used.internal());
    assertThat(store.load(used)).isEmpty();
    // What nobody has used since then was missed.
    assertThat(store.load(idle)).isPresent();
    assertThat(store.endAll("alice", "", EndReason.REVOKED)).containsExactly(idle.internal());
  }

  @Test
  void tenThousandSessionsOfOneUserArePagedQuickly() {
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
    // The best of some: what else runs on the machine is not what is measured.
    Duration best = Duration.ofDays(1);
    for (int i = 0; i < 10; i++) {
      long begin = System.nanoTime();
      SessionPage page = store.outline("alice", 0, 50);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      best = took.compareTo(best) < 0 ? took : best;
      assertThat(page.total()).isEqualTo(10_050);
      assertThat(page.sessions()).hasSize(50);
    }
    assertThat(best).isLessThan(Duration.ofMillis(50));
  }

  private RedisSessionStore limited(int most, SessionLimit.Beyond beyond) {
    return redis.store(redis.options().withLimit(new SessionLimit(most, beyond)));
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
