package io.sharedredis.spring.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.SessionStore;
import io.sharedredis.lettuce.session.SessionStoreOptions;
import io.sharedredis.testkit.RedisServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

/** Requests that take one session over from Spring Session while others do so or sign out. */
class SessionMigrationRacesIT {

  /** A busy machine is no Redis that is away. */
  private static final RedisDeadlines PATIENT =
      new RedisDeadlines(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(1));

  /** Of the random race; {@code -Dmigration.rounds} for more. */
  private static final int ROUNDS = Integer.getInteger("migration.rounds", 20);

  private static final SessionKeys KEYS = new SessionKeys("moving");
  private static final Runnable NOTHING = () -> {};

  private static RedisServer redis;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static RedisNetwork network;
  private static RedisLink<byte[], byte[]> link;
  private static DataProtection ring;
  private static SessionJson json;

  private final String former = UUID.randomUUID().toString();
  private final SessionId id = SessionId.standingFor(former);

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.start();
    client = RedisClient.create(redis.uri());
    raw = client.connect().sync();
    network = new RedisNetwork(PATIENT);
    RedisAddress address = RedisAddress.parse("test", redis.url());
    link = new RedisLink<>(network, "sessions", address, ByteArrayCodec.INSTANCE);
    link.firstConnected().get(10, TimeUnit.SECONDS);
    ring = DataProtection.ephemeral();
    json = new SessionJson(SessionMigrationRacesIT.class.getClassLoader(), List.of());
  }

  @AfterAll
  static void stop() {
    link.close();
    network.close();
    ring.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @Test
  void sessionThatIsSignedOutWhileAnotherRequestMovesItDoesNotComeBack() {
    leaveBehind();
    SharedSessionRepository quick = replica(NOTHING);
    // Has read the former session, and writes after the other one has moved and ended it.
    SharedSessionRepository slow =
        replica(
            () -> {
              assertThat(quick.findById(former)).isNotNull();
              quick.deleteById(id.text());
            });
    assertThat(slow.findById(former)).isNull();
    assertThat(quick.findById(former)).isNull();
    assertNothingIsLeft();
  }

  /** As Redis may do under {@code allkeys-lru}: then nothing is left to be moved once more. */
  @Test
  void sessionThatEndedDoesNotComeBackWhenWhatIsRememberedOfItIsEvicted() {
    leaveBehind();
    SharedSessionRepository sessions = replica(NOTHING);
    assertThat(sessions.findById(former)).isNotNull();
    raw.del(moved());
    assertThat(sessions.findById(former)).as("it lives on").isNotNull();
    sessions.deleteById(id.text());
    assertThat(sessions.findById(former)).isNull();
    assertNothingIsLeft();
  }

  @Test
  void formerSessionThatIsSignedOutBetweenReadAndWriteIsNotMoved() {
    leaveBehind();
    SharedSessionRepository moving = replica(() -> raw.del(KEYS.session(former)));
    assertThat(moving.findById(former)).isNull();
    assertNothingIsLeft();
  }

  @Test
  void replicaThatDiesBeforeItRemovesTheFormerSessionLosesNothing() {
    Map<String, String> hash = leaveBehind();
    SharedSessionRepository sessions = replica(NOTHING);
    assertThat(sessions.findById(former)).isNotNull();
    // As if it had died: the former session is there, and nobody has said that it is done.
    raw.hset(KEYS.session(former), hash);
    raw.set(moved(), "1", io.lettuce.core.SetArgs.Builder.keepttl());
    SharedSession found = sessions.findById(former);
    assertThat(found).isNotNull();
    assertThat(found.<String>getAttribute("cart")).isEqualTo("mug");
    assertThat(raw.exists(KEYS.session(former))).isZero();
    assertThat(raw.get(moved())).isEqualTo("done");
    sessions.deleteById(id.text());
    assertNothingIsLeft();
  }

  @Test
  void signOutUnderTheFormerIdLeavesNothingOfTheFormerSession() {
    Map<String, String> hash = leaveBehind();
    SharedSessionRepository sessions = replica(NOTHING);
    assertThat(sessions.findById(former)).isNotNull();
    raw.hset(KEYS.session(former), hash);
    raw.set(
        moved(), Long.toString(Long.MAX_VALUE / 4096), io.lettuce.core.SetArgs.Builder.keepttl());
    SessionScope.<RuntimeException, RuntimeException>run(
        new MockHttpServletRequest(),
        () -> {
          SharedSession found = sessions.findById(former);
          assertThat(found).isNotNull();
          assertThat(raw.exists(KEYS.session(former))).as("it may be under way").isEqualTo(1);
          sessions.findById(found.getId());
          sessions.deleteById(found.getId());
        });
    assertNothingIsLeft();
  }

  @Test
  void formerSessionThatIsThereAgainAfterItsSignOutIsNotMovedAgain() {
    Map<String, String> hash = leaveBehind();
    SharedSessionRepository sessions = replica(NOTHING);
    assertThat(sessions.findById(former)).isNotNull();
    sessions.deleteById(id.text());
    raw.hset(KEYS.session(former), hash);
    assertThat(sessions.findById(former)).isNull();
    assertNothingIsLeft();
    assertThat(raw.pttl(moved())).isGreaterThan(Duration.ofHours(24).toMillis());
  }

  @Test
  void requestsAtTheSameTimeAgreeAndASignOutAmongThemIsFinal() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(5);
    List<SharedSessionRepository> replicas =
        List.of(replica(NOTHING), replica(NOTHING), replica(NOTHING));
    try {
      for (int round = 0; round < ROUNDS; round++) {
        String one = UUID.randomUUID().toString();
        SessionId expected = SessionId.standingFor(one);
        leaveBehind(one);
        List<CompletableFuture<String>> finds = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          SharedSessionRepository replica = replicas.get(i % replicas.size());
          finds.add(
              CompletableFuture.supplyAsync(
                  () -> {
                    SharedSession found = replica.findById(one);
                    return found == null ? "gone" : found.getId();
                  },
                  threads));
        }
        SharedSessionRepository last = replicas.get(round % replicas.size());
        CompletableFuture<Boolean> out =
            CompletableFuture.supplyAsync(
                () -> {
                  SharedSession found = last.findById(one);
                  if (found != null) {
                    last.deleteById(found.getId());
                  }
                  return found != null;
                },
                threads);
        for (CompletableFuture<String> find : finds) {
          assertThat(find.get(10, TimeUnit.SECONDS)).isIn(expected.text(), "gone");
        }
        assertThat(out.get(10, TimeUnit.SECONDS)).as("it was there").isTrue();
        assertThat(last.findById(one)).as("round " + round).isNull();
        assertThat(raw.exists(KEYS.session(one), key(expected))).as("round " + round).isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Map<String, String> leaveBehind() {
    return leaveBehind(former);
  }

  private static Map<String, String> leaveBehind(String id) {
    Map<String, String> hash =
        Map.of(
            "creationTime", "[\"java.lang.Long\",1763805600000]",
            "lastAccessedTime", "[\"java.lang.Long\",1763805600000]",
            "maxInactiveInterval", "1800",
            "sessionAttr:cart", "\"mug\"");
    raw.hset(KEYS.session(id), hash);
    return hash;
  }

  private void assertNothingIsLeft() {
    assertThat(raw.exists(KEYS.session(former), key(id))).isZero();
  }

  private static String key(SessionId id) {
    return "shared-redis:moving:session:{0}:id:" + id.internal();
  }

  private String moved() {
    return "shared-redis:moving:session:{0}:moved:" + id.internal();
  }

  /** A replica that does something else between reading the former session and writing it. */
  private static SharedSessionRepository replica(Runnable beforeWriting) {
    RedisSessionStore store =
        new RedisSessionStore(link, SessionStoreOptions.of("moving"), ring, new SecureRandom());
    SessionStore interrupted =
        (SessionStore)
            Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(),
                new Class<?>[] {SessionStore.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("createMoved")) {
                    beforeWriting.run();
                  }
                  try {
                    return method.invoke(store, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    SharedSessionRepository sessions =
        new SharedSessionRepository(
            interrupted,
            json,
            Duration.ofMinutes(30),
            "replica",
            InstantSource.system(),
            event -> {});
    sessions.migrateFrom(new SpringSessionHashes(link, KEYS, json));
    return sessions;
  }
}
