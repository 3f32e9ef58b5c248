package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionRedis.change;
import static io.sharedredis.lettuce.session.SessionRedis.create;
import static io.sharedredis.lettuce.session.SessionRedis.first;
import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How many sessions one user may have, whoever signs in where at the same moment. */
@ParameterizedClass
@EnumSource
class SessionLimitIT {

  private static SessionRedis redis;

  @Parameter SharedTestRedis topology;

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
  void limitEndsTheSessionThatWasNotUsedForTheLongestTime() {
    RedisSessionStore two = limited(2, SessionLimit.Beyond.END_OLDEST);
    SessionId first = signedIn(two, "alice");
    SessionId second = signedIn(two, "alice");
    redis.clockGoes(Duration.ofMinutes(20), second, "alice");
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

  @Test
  void signInWithinASessionThatIsThereCountsAsMuchAsOneThatBeginsASession() {
    RedisSessionStore two = limited(2, SessionLimit.Beyond.END_OLDEST);
    SessionId oldest = signedIn(two, "alice");
    SessionId other = signedIn(two, "alice");
    redis.clockGoes(Duration.ofMinutes(5), oldest, "alice");
    SessionId anonymous = create(two, first("cart", "mug"));
    assertThat(two.save(anonymous, 1, signIn("alice").withNewId(two.renewed(anonymous))))
        .isEqualTo(new SaveOutcome.Saved(2, false, List.of(oldest.internal())));
    SessionId bobs = signedIn(two, "bob");
    redis.clockGoes(Duration.ofMinutes(5), other, "alice");
    assertThat(two.save(bobs, 1, signIn("alice").withNewId(two.renewed(bobs))))
        .as("one that was somebody else's")
        .isEqualTo(new SaveOutcome.Saved(2, false, List.of(other.internal())));
    assertThat(two.list("alice", 0, 10).total()).isEqualTo(2);
    assertThat(two.list("bob", 0, 10).total()).isZero();
  }

  /** On three stores with a connection each: by new sessions, and by sessions that were there. */
  @Test
  void oldestEndsWhoeverSignsInAtTheSameMoment() throws Exception {
    int most = 3;
    int threads = 6;
    int signIns = 10;
    List<RedisLink<byte[], byte[]>> links = new ArrayList<>();
    ExecutorService running = Executors.newFixedThreadPool(threads + 1);
    AtomicBoolean over = new AtomicBoolean();
    try {
      List<RedisSessionStore> stores = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        links.add(redis.connect());
        stores.add(
            new RedisSessionStore(
                links.get(i),
                redis.options().withLimit(new SessionLimit(most, SessionLimit.Beyond.END_OLDEST)),
                redis.protection,
                new SecureRandom()));
      }
      Future<Long> largest =
          running.submit(
              () -> {
                long seen = 0;
                while (!over.get()) {
                  seen = Math.max(seen, stores.get(0).outline("alice", 0, 1).total());
                }
                return seen;
              });
      CyclicBarrier together = new CyclicBarrier(threads);
      List<Callable<Set<String>>> people = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        RedisSessionStore store = stores.get(i % 3);
        people.add(() -> signInAgainAndAgain(store, together, signIns));
      }
      Set<String> all = new HashSet<>();
      for (Future<Set<String>> one : running.invokeAll(people)) {
        all.addAll(one.get());
      }
      over.set(true);
      assertThat(largest.get()).isLessThanOrEqualTo(most);
      assertThat(all).hasSize(threads * signIns);
      assertOldestEnded(stores.get(0), most, all);
    } finally {
      over.set(true);
      running.shutdownNow();
      links.forEach(RedisLink::close);
    }
  }

  /** Internal ids of the sessions. */
  private static Set<String> signInAgainAndAgain(
      RedisSessionStore store, CyclicBarrier together, int times) throws Exception {
    Set<String> internals = new HashSet<>();
    for (int i = 0; i < times; i++) {
      SessionId id = i % 2 == 0 ? store.newId() : create(store, first("cart", "mug"));
      together.await();
      SaveOutcome outcome =
          i % 2 == 0
              ? store.create(id, Instant.EPOCH, signIn("alice"))
              : store.save(id, 1, signIn("alice").withNewId(store.renewed(id)));
      assertThat(outcome).isInstanceOf(SaveOutcome.Saved.class);
      assertThat(((SaveOutcome.Saved) outcome).ended()).doesNotContain(id.internal());
      internals.add(id.internal());
    }
    return internals;
  }

  private static void assertOldestEnded(RedisSessionStore store, int most, Set<String> all) {
    List<StoredSession> left = store.list("alice", 0, 100).sessions();
    List<StoredSession> ended = store.claimEnded("one", Duration.ofSeconds(30), 1000);
    assertThat(left).hasSize(most);
    Set<String> known = new HashSet<>();
    left.forEach(session -> known.add(session.internal()));
    ended.forEach(session -> known.add(session.internal()));
    assertThat(known).isEqualTo(all);
    assertThat(ended).hasSize(all.size() - most);
    Instant oldest =
        left.stream().map(StoredSession::lastAccess).min(Instant::compareTo).orElseThrow();
    // By the millisecond: those of the same one are equally old.
    assertThat(ended).allMatch(session -> !session.lastAccess().isAfter(oldest));
  }

  private RedisSessionStore limited(int most, SessionLimit.Beyond beyond) {
    return redis.store(redis.options().withLimit(new SessionLimit(most, beyond)));
  }

  private static SessionWrite signIn(String user) {
    return change("user", user).withTimeout(SessionRedis.TIMEOUT).withOwner(new Owner.User(user));
  }

  private static SessionId signedIn(SessionStore store, String user) {
    return create(store, signIn(user));
  }
}
