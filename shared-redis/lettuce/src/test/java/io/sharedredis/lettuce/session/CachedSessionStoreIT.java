package io.sharedredis.lettuce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.RedisServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two replicas that keep sessions for a moment. */
class CachedSessionStoreIT {

  /** A busy machine is no Redis that is away. */
  private static final RedisDeadlines PATIENT =
      new RedisDeadlines(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(1));

  /** So long that only news can end an entry. */
  private static final Duration LONG = Duration.ofHours(1);

  private static final Duration SOON = Duration.ofSeconds(20);

  private static RedisServer redis;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static RedisNetwork network;
  private static RedisLink<byte[], byte[]> link;
  private static DataProtection ring;
  private static RedisSessionStore store;
  private static SessionNews one;
  private static SessionNews two;

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
    store = new RedisSessionStore(link, SessionStoreOptions.of("l1"), ring, new SecureRandom());
    one = new SessionNews(network, link, store, LONG, 100);
    two = new SessionNews(network, link, store, LONG, 100);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    link.close();
    network.close();
    ring.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @Test
  void secondReadCostsNothingUntilAnotherReplicaWrites() {
    SessionId id = kept(one);
    long scripts = scripts();
    assertThat(one.cache().load(id)).isPresent();
    assertThat(scripts()).isEqualTo(scripts);
    SaveOutcome saved = two.cache().save(id, 1, SessionRedis.change("cart", "cup"));
    assertThat(saved).isInstanceOf(SaveOutcome.Saved.class);
    await().atMost(SOON).until(() -> one.cache().load(id).orElseThrow().generation() == 2);
    // A replica sees at once what it has written itself.
    one.cache().save(id, 2, SessionRedis.change("cart", "pot"));
    assertThat(SessionRedis.read(one.cache().load(id).orElseThrow())).containsEntry("cart", "pot");
  }

  @Test
  void endOnAnotherReplicaIsInForceHere() {
    SessionId id = kept(one);
    assertThat(two.cache().end(id, EndReason.SIGNED_OUT)).isPresent();
    assertThat(two.cache().load(id)).isEmpty();
    await().atMost(SOON).until(() -> one.cache().load(id).isEmpty());
    SessionId revoked = kept(one);
    assertThat(one.cache().endByInternal(revoked.internal(), EndReason.REVOKED)).isPresent();
    assertThat(one.cache().load(revoked)).as("at once").isEmpty();
  }

  @Test
  void newIdOnAnotherReplicaEndsWhatTheFormerOneShowed() {
    SessionId id = kept(one);
    SessionId renewed = store.renewed(id);
    SessionWrite change = SessionWrite.of(Map.of(), Set.of()).withNewId(renewed);
    assertThat(two.cache().save(id, 1, change)).isInstanceOf(SaveOutcome.Saved.class);
    await().atMost(SOON).until(() -> one.cache().load(id).orElseThrow().former());
    assertThat(one.cache().load(renewed).orElseThrow().former()).isFalse();
    assertThat(one.cache().load(id).orElseThrow().former()).as("another id").isTrue();
  }

  @Test
  void announcementThatIsLostWithItsConnectionIsMadeUpFor() {
    SessionId id = kept(one);
    raw.clientKill(KillArgs.Builder.typePubsub());
    // Nobody hears of it; what was kept goes with the connection, or when it stands again.
    store.end(id, EndReason.REVOKED);
    await().atMost(SOON).until(() -> one.cache().load(id).isEmpty());
    kept(one);
  }

  @Test
  void announcementThatIsLostCostsNoMoreThanTheTimeToLive() {
    AtomicLong clock = new AtomicLong();
    CachedSessionStore deaf =
        new CachedSessionStore(store, Duration.ofSeconds(1), 10, internal -> {}, clock::get);
    deaf.hears();
    SessionId id = created();
    assertThat(deaf.load(id)).isPresent();
    store.end(id, EndReason.REVOKED);
    clock.addAndGet(Duration.ofMillis(999).toNanos());
    assertThat(deaf.load(id)).as("nobody has told").isPresent();
    clock.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(deaf.load(id)).isEmpty();
  }

  @Test
  void nothingIsKeptWhileAnnouncementsCannotArrive() {
    CachedSessionStore cache =
        new CachedSessionStore(store, LONG, 10, internal -> {}, System::nanoTime);
    SessionId id = created();
    cache.load(id);
    cache.load(id);
    assertThat(cache.hits()).as("not heard yet").isZero();
    cache.hears();
    cache.load(id);
    cache.load(id);
    assertThat(cache.hits()).isEqualTo(1);
    cache.listensBy(() -> false);
    cache.load(id);
    cache.load(id);
    assertThat(cache.hits()).isEqualTo(1);
    cache.listensBy(() -> true);
    cache.hears();
    cache.isDeaf();
    cache.load(id);
    cache.load(id);
    assertThat(cache.hits()).isEqualTo(1);
  }

  @Test
  void sessionThatIsWrittenWhileItIsReadIsNotKept() {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    SessionStore slow =
        (SessionStore)
            Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(),
                new Class<?>[] {SessionStore.class},
                (proxy, method, arguments) -> {
                  try {
                    Object result = method.invoke(store, arguments);
                    meanwhile.get().run();
                    return result;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    CachedSessionStore cache =
        new CachedSessionStore(slow, LONG, 10, internal -> {}, System::nanoTime);
    cache.hears();
    SessionId id = created();
    meanwhile.set(() -> cache.drop(id.internal()));
    cache.load(id);
    meanwhile.set(() -> {});
    cache.load(id);
    assertThat(cache.hits()).isZero();
    cache.load(id);
    assertThat(cache.hits()).isEqualTo(1);
  }

  /** However the one that takes its place came to be. */
  @Test
  void sessionThatIsEndedForOneMoreOfItsUserIsNotKept() {
    SessionStoreOptions options =
        SessionStoreOptions.of("l1").withLimit(new SessionLimit(1, SessionLimit.Beyond.END_OLDEST));
    CachedSessionStore cache =
        new CachedSessionStore(
            new RedisSessionStore(link, options, ring, new SecureRandom()),
            LONG,
            10,
            internal -> {},
            System::nanoTime);
    cache.hears();
    SessionWrite alice = SessionRedis.first().withOwner(new SessionWrite.Owner.User("alice"));
    SessionId first = SessionRedis.create(cache, alice);
    assertThat(cache.load(first)).isPresent();
    SessionId moved = SessionId.standingFor("one that Spring Session kept");
    Duration remember = Duration.ofMinutes(1);
    assertThat(cache.createMoved(moved, Instant.EPOCH, alice, remember))
        .isEqualTo(new SaveOutcome.Saved(1, false, List.of(first.internal())));
    assertThat(cache.load(first)).as("ended for the one that was moved").isEmpty();
    assertThat(cache.load(moved)).isPresent();
    SessionId created = SessionRedis.create(cache, alice);
    assertThat(cache.load(moved)).as("ended for the one that was created").isEmpty();
    SessionId nobodys = SessionRedis.create(cache, SessionRedis.first());
    assertThat(cache.load(created)).isPresent();
    cache.save(nobodys, 1, SessionRedis.change().withOwner(new SessionWrite.Owner.User("alice")));
    assertThat(cache.load(created)).as("ended for the one that signed in").isEmpty();
  }

  @Test
  void noMoreThanAllowedIsKept() {
    CachedSessionStore cache =
        new CachedSessionStore(store, LONG, 2, internal -> {}, System::nanoTime);
    cache.hears();
    SessionId first = created();
    SessionId second = created();
    SessionId third = created();
    cache.load(first);
    cache.load(second);
    cache.load(first);
    cache.load(third);
    assertThat(cache.hits()).isEqualTo(1);
    cache.load(first);
    cache.load(third);
    assertThat(cache.hits()).isEqualTo(3);
    cache.load(second);
    assertThat(cache.hits()).isEqualTo(3);
  }

  private static SessionId created() {
    return SessionRedis.create(store, SessionRedis.first("cart", "mug"));
  }

  /** A session that a replica has read and keeps. */
  private static SessionId kept(SessionNews replica) {
    SessionId id = created();
    await()
        .atMost(SOON)
        .until(
            () -> {
              long hits = replica.cache().hits();
              return replica.cache().load(id).isPresent() && replica.cache().hits() > hits;
            });
    return id;
  }

  private static long scripts() {
    return raw.info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_eval"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")))
        .sum();
  }
}
