package io.sharedredis.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

import io.lettuce.core.RedisException;
import io.sharedredis.lettuce.session.EndReason;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionStore;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.session.events.AbstractSessionEvent;

/** Sessions that end by themselves, and what is left of them in Redis: nothing. */
class ExpiredSessionsIT {

  private static final String EXPIRY =
      "shared-redis:" + SharedSessions.APPLICATION + ":session:{0}:expiry";

  private SharedSessions redis;
  private RedisSessionStore store;

  @BeforeEach
  void start() throws Exception {
    redis = new SharedSessions();
    store = redis.store(redis.options());
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  @Test
  void aThousandSessionsLeaveNothingBehindHoweverTheyEnd() {
    SharedSessionRepository sessions = redis.repository(store, Duration.ofSeconds(1));
    UserSessions users = new UserSessions(store, sessions.counters());
    List<String> ids = new ArrayList<>();
    Set<String> evicted = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      SharedSession session = sessions.createSession();
      session.setAttribute("cart", "mug " + i);
      sessions.save(session);
      session.changeSessionId();
      session.setAttribute(PRINCIPAL_NAME_INDEX_NAME, "user-" + i % 50);
      sessions.save(session);
      ids.add(session.getId());
      switch (i % 10) {
        case 0 -> sessions.deleteById(session.getId());
        case 1 -> users.end("user-" + i % 50, session.getInternalId());
        case 2 -> users.endAny(session.getInternalId());
        case 3 -> {
          session.removeAttribute(PRINCIPAL_NAME_INDEX_NAME);
          sessions.save(session);
        }
        case 4 -> {
          SharedSession late = sessions.findById(session.getId());
          sessions.deleteById(session.getId());
          if (late != null) {
            late.setAttribute("late", "write");
            sessions.save(late);
          }
        }
        // As an eviction does it.
        case 5 -> {
          redis.raw().del(SharedSessions.key(session.getId()));
          evicted.add(session.getInternalId());
        }
        default -> {}
      }
    }
    users.endAll("user-7");
    for (int i = 0; i < 5; i++) {
      assertThat(store.endOf("user-1", "no such session", EndReason.REVOKED)).isEmpty();
      sessions.findByPrincipalName("nobody-" + i);
    }
    ExpiredSessions expired = reporting(sessions, event -> {});
    try {
      waiting()
          .untilAsserted(
              () ->
                  assertThat(redis.raw().keys("*"))
                      .allMatch(
                          key -> key.endsWith(":claimant") || namesOnly(evicted, key),
                          "who claims, for seconds, and what was evicted, for a day"));
    } finally {
      expired.close();
    }
    assertThat(evicted).hasSize(100);
    aDayGoesBy();
    waiting().until(() -> redis.raw().dbsize() == 0);
    assertThat(ids).allMatch(id -> sessions.findById(id) == null);
    assertThat(redis.raw().dbsize()).isZero();
  }

  /** A user's index goes with its last entry; that of a session of which nobody is told stays. */
  private boolean namesOnly(Set<String> sessions, String key) {
    return key.contains(":user:") && sessions.containsAll(redis.raw().zrange(key, 0, -1));
  }

  /** As if: what has an end within a day and the life of these sessions comes to it. */
  private void aDayGoesBy() {
    for (String key : redis.raw().keys("*:user:*")) {
      assertThat(redis.raw().pttl(key))
          .as("ms until %s goes", key)
          .isBetween(1L, Duration.ofDays(1).plusSeconds(2).toMillis());
      redis.raw().pexpire(key, 1);
    }
  }

  @Test
  void listenerThatFailsDoesNotKeepOthersFromHearingOfTheirs() {
    SharedSessionRepository sessions = redis.repository(store, Duration.ofMillis(100));
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      SharedSession session = sessions.createSession();
      session.setAttribute("cart", "mug");
      sessions.save(session);
      ids.add(session.getInternalId());
    }
    // At least once: a slow machine may hear of one again.
    List<String> heard = new CopyOnWriteArrayList<>();
    ExpiredSessions expired =
        reporting(
            sessions,
            event -> {
              SharedSession session = event.getSession();
              heard.add(session.getInternalId());
              throw new IllegalStateException("a listener's own failure");
            });
    try {
      waiting().until(() -> Set.copyOf(heard).equals(ids) && store.count() == 0);
    } finally {
      expired.close();
    }
  }

  @Test
  void expiredSessionCountsOnceHoweverOftenItIsToldUntilThatIsConfirmed() {
    SharedSessionRepository sessions = redis.repository(store, Duration.ofMillis(100));
    SharedSession session = sessions.createSession();
    session.setAttribute("cart", "mug");
    sessions.save(session);
    AtomicInteger heard = new AtomicInteger();
    ExpiredSessions expired =
        new ExpiredSessions(
            notConfirming(2),
            sessions,
            event -> heard.incrementAndGet(),
            "one",
            Executors.newSingleThreadScheduledExecutor());
    try {
      waiting().until(() -> store.count() == 0);
    } finally {
      expired.close();
    }
    assertThat(heard).hasValueGreaterThanOrEqualTo(3);
    waiting().until(() -> sessions.counters().expiredSessions() == 1);
  }

  /** The store in front of a Redis that goes away so many times before it is told. */
  private SessionStore notConfirming(int times) {
    AtomicInteger left = new AtomicInteger(times);
    return (SessionStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {SessionStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("confirmExpired") && left.getAndDecrement() > 0) {
                // Due again at once, not in ten seconds.
                for (Object internal : (Collection<?>) arguments[0]) {
                  redis.raw().zadd(EXPIRY, 1, internal.toString());
                }
                throw new RedisException("away");
              }
              return method.invoke(store, arguments);
            });
  }

  private ExpiredSessions reporting(
      SharedSessionRepository sessions, Consumer<AbstractSessionEvent> listener) {
    return new ExpiredSessions(
        store,
        sessions,
        event -> listener.accept((AbstractSessionEvent) event),
        "one",
        Executors.newSingleThreadScheduledExecutor());
  }

  private static ConditionFactory waiting() {
    return Awaitility.await().atMost(Duration.ofSeconds(40));
  }
}
