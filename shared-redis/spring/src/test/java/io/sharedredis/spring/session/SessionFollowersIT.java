package io.sharedredis.spring.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandType;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.session.DotnetSessionCache;
import io.sharedredis.lettuce.session.EndReason;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.session.events.AbstractSessionEvent;
import org.springframework.session.events.SessionDeletedEvent;

/**
 * What ends with a session, in a Redis of its own that refuses, is away, and comes back: the .NET
 * session of the same cookie.
 */
class SessionFollowersIT {

  private static final String ENDED =
      "shared-redis:" + SharedSessions.APPLICATION + ":session:{0}:ended";

  private final List<AbstractSessionEvent> events = new CopyOnWriteArrayList<>();
  private final DataProtection protection = DataProtection.ephemeral();
  private final RedisNetwork network =
      new RedisNetwork(
          new RedisDeadlines(
              Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(1)));

  private SharedSessions redis;
  private RedisSessionStore store;
  private RedisServer elsewhere;
  private RedisLink<byte[], byte[]> link;
  private RedisClient client;
  private StatefulRedisConnection<String, String> connection;
  private DotnetSessionCache cache;
  private volatile boolean failing;

  @BeforeEach
  void start() throws Exception {
    redis = new SharedSessions();
    store = redis.store(redis.options());
    elsewhere = RedisServer.start(RedisOptions.defaults().withAppendOnly());
    client = RedisClient.create(elsewhere.uri());
    connection = client.connect();
    link =
        new RedisLink<>(
            network,
            ".NET sessions",
            RedisAddress.parse("test", elsewhere.url()),
            ByteArrayCodec.INSTANCE);
    link.firstConnected().get(10, TimeUnit.SECONDS);
    cache = new DotnetSessionCache(link, "", Duration.ofMinutes(20), 1000);
  }

  @AfterEach
  void stop() {
    link.close();
    network.close();
    connection.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    elsewhere.close();
    redis.close();
    protection.close();
  }

  @Test
  void sessionIsSignedOutAlthoughWhatFollowsFailsAndThatIsTriedAgain() {
    SharedSessionRepository sessions = repository(Duration.ofMinutes(30));
    SharedSession session = begin(sessions);
    refuseRemovals();
    sessions.deleteById(session.getId());
    assertThat(sessions.findById(session.getId())).isNull();
    assertThat(events).hasSize(1).first().isInstanceOf(SessionDeletedEvent.class);
    assertThat(sessions.counters().endedSessions()).isEqualTo(1);
    assertThat(sessions.counters().leftBehindCount()).isEqualTo(1);
    assertThat(dotnetKeys()).containsExactly(session.getId());
    allowRemovals();
    try (ExpiredSessions unused = reporting(sessions)) {
      await(() -> dotnetKeys().isEmpty());
    }
    assertThat(events).as("told once").hasSize(1);
  }

  /** Whoever reports ends waits for them. */
  @Test
  void twentyAreTriedAgainAtOnceAndEachInItsTurn() {
    SharedSessionRepository sessions = repository(Duration.ofMinutes(30));
    refuseRemovals();
    for (int i = 0; i < 30; i++) {
      sessions.deleteById(begin(sessions).getId());
    }
    assertThat(sessions.counters().leftBehindCount()).isEqualTo(30);
    sessions.followers().tryAgain();
    assertThat(sessions.counters().leftBehindCount()).isEqualTo(50);
    allowRemovals();
    sessions.followers().tryAgain();
    assertThat(dotnetKeys()).hasSize(10);
    sessions.followers().tryAgain();
    assertThat(dotnetKeys()).isEmpty();
    sessions.followers().tryAgain();
    assertThat(sessions.counters().leftBehindCount()).isEqualTo(50);
  }

  @Test
  void nothingIsTriedBehindTheFirstThatIsNotAnswered() {
    SharedSessionRepository sessions = repository(Duration.ofMinutes(30));
    refuseRemovals();
    for (int i = 0; i < 5; i++) {
      sessions.deleteById(begin(sessions).getId());
    }
    elsewhere.stop();
    await(() -> !link.connected());
    sessions.followers().tryAgain();
    assertThat(sessions.counters().leftBehindCount()).isEqualTo(6);
    elsewhere.startAgain();
    await(link::connected);
    await(
        () -> {
          sessions.followers().tryAgain();
          return dotnetKeys().isEmpty();
        });
  }

  @Test
  void listenerThatFailsMakesNoErrorOfASignOut() {
    SharedSessionRepository sessions = repository(Duration.ofMinutes(30));
    SharedSession session = begin(sessions);
    failing = true;
    sessions.deleteById(session.getId());
    assertThat(sessions.findById(session.getId())).isNull();
    assertThat(dotnetKeys()).isEmpty();
  }

  @Test
  void dotnetSessionEndsUnderTheIdThatTheSessionHasNowWhicheverTheSignOutNamed() {
    SharedSessionRepository sessions = repository(Duration.ofMinutes(30));
    SharedSession session = begin(sessions);
    String before = session.getId();
    session.changeSessionId();
    sessions.save(session);
    assertThat(dotnetKeys()).as("it has followed").containsExactly(session.getId());
    sessions.deleteById(before);
    assertThat(sessions.findById(session.getId())).isNull();
    assertThat(dotnetKeys()).isEmpty();
  }

  @Test
  void sessionThatIsEndedFromElsewhereTakesItsDotnetSessionWithIt() {
    SharedSessionRepository sessions = repository(Duration.ofMinutes(30));
    SharedSession session = begin(sessions);
    assertThat(store.endByInternal(session.getInternalId(), EndReason.REVOKED)).isPresent();
    try (ExpiredSessions unused = reporting(sessions)) {
      await(() -> dotnetKeys().isEmpty());
    }
  }

  @Test
  void endFromElsewhereIsToldWhenTheDotnetSessionIsGoneTooHoweverLongItsRedisIsAway() {
    SharedSessionRepository sessions = repository(Duration.ofMinutes(30));
    SharedSession session = begin(sessions);
    assertThat(store.endByInternal(session.getInternalId(), EndReason.REVOKED)).isPresent();
    elsewhere.stop();
    long now = System.currentTimeMillis();
    try (ExpiredSessions unused = reporting(sessions)) {
      // Claimed, so it is being asked for, in vain; and again ten seconds later.
      await(() -> redis.raw().zscore(ENDED, session.getInternalId()) > now);
      assertThat(events).isEmpty();
      elsewhere.startAgain();
      await(() -> !events.isEmpty());
      assertThat(dotnetKeys()).isEmpty();
    }
  }

  @Test
  void removalThatRedisRefusesForEverHoldsUpNoEnd() {
    SharedSessionRepository sessions = repository(Duration.ofMinutes(30));
    SharedSession session = begin(sessions);
    refuseRemovals();
    assertThat(store.endByInternal(session.getInternalId(), EndReason.REVOKED)).isPresent();
    try (ExpiredSessions unused = reporting(sessions)) {
      await(() -> !events.isEmpty());
      await(() -> redis.raw().keys("*:ended*").isEmpty());
    }
    assertThat(sessions.counters().leftBehindCount()).isPositive();
  }

  @Test
  void sessionThatExpiresTakesADotnetSessionWithItThatNobodyUses() {
    SharedSessionRepository sessions = repository(Duration.ofSeconds(1));
    SharedSession idle = begin(sessions);
    SharedSession used = begin(sessions);
    // Last used ten minutes ago; and, as far as Redis tells, only just now.
    raw().expire(idle.getId(), Duration.ofMinutes(10));
    raw().expire(used.getId(), Duration.ofMinutes(30));
    try (ExpiredSessions unused = reporting(sessions)) {
      await(() -> events.size() >= 2);
    }
    assertThat(dotnetKeys()).containsExactly(used.getId());
  }

  private SharedSessionRepository repository(Duration timeout) {
    SharedSessionRepository sessions =
        new SharedSessionRepository(
            store, redis.json, timeout, "one", InstantSource.system(), this::heard);
    sessions.accompaniedBy(
        new DotnetSessions(
            cache,
            SessionCookies.asDotnetOnly(
                protection, new SessionCookies.Place("session", List.of(), "/", false)),
            UUID::randomUUID));
    return sessions;
  }

  /** A session of ours, and one of .NET's under the same cookie. */
  private SharedSession begin(SharedSessionRepository sessions) {
    SharedSession session = sessions.createSession();
    session.setAttribute("cart", "mug");
    sessions.save(session);
    cache.write(session.getId(), "values".getBytes(UTF_8));
    events.clear();
    return session;
  }

  private void heard(Object event) {
    if (failing) {
      throw new IllegalStateException("a listener's own failure");
    }
    events.add((AbstractSessionEvent) event);
  }

  private ExpiredSessions reporting(SharedSessionRepository sessions) {
    return new ExpiredSessions(
        store, sessions, this::heard, "one", Executors.newSingleThreadScheduledExecutor());
  }

  private void refuseRemovals() {
    raw().aclSetuser("default", AclSetuserArgs.Builder.removeCommand(CommandType.UNLINK));
  }

  private void allowRemovals() {
    raw().aclSetuser("default", AclSetuserArgs.Builder.addCommand(CommandType.UNLINK));
  }

  private List<String> dotnetKeys() {
    return raw().keys("*");
  }

  private RedisCommands<String, String> raw() {
    return connection.sync();
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(40)).until(condition);
  }
}
