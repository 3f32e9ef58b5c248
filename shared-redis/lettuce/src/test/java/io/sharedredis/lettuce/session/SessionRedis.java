package io.sharedredis.lettuce.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The Redis of a test with a link to it, as an application has one, and a look behind it. */
final class SessionRedis implements AutoCloseable {

  static final String APPLICATION = "shop";
  static final Duration TIMEOUT = Duration.ofMinutes(30);

  /** What decides where all sessions lie in a cluster. */
  static final String SLOT = "{0}";

  final DataProtection protection = DataProtection.ephemeral();

  /** What is tested is what sessions do, not how soon a busy machine does it. */
  private final RedisNetwork network =
      new RedisNetwork(
          new RedisDeadlines(
              Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(1)));

  private final SharedTestRedis topology;
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;
  private final RedisLink<byte[], byte[]> link;

  /** Of a cluster, since it refuses what the others allow. */
  SessionRedis() throws Exception {
    this(SharedTestRedis.CLUSTER);
  }

  SessionRedis(SharedTestRedis topology) throws Exception {
    this.topology = topology;
    topology.start();
    client = RedisClient.create(topology.holding(SLOT));
    connection = client.connect();
    raw().flushall();
    link = connect();
  }

  /** A connection of its own, as each replica has one; the caller's to close. */
  RedisLink<byte[], byte[]> connect() throws Exception {
    RedisLink<byte[], byte[]> connected =
        new RedisLink<>(
            network,
            "sessions",
            RedisAddress.parse("test", topology.url()),
            ByteArrayCodec.INSTANCE);
    connected.firstConnected().get(30, TimeUnit.SECONDS);
    return connected;
  }

  RedisNetwork network() {
    return network;
  }

  /** A server that hears what is announced. */
  RedisURI elsewhere() {
    return topology.notHolding(SLOT);
  }

  /** The server that holds the sessions. */
  RedisURI uri() {
    return topology.holding(SLOT);
  }

  RedisCommands<String, String> raw() {
    return connection.sync();
  }

  SessionStoreOptions options() {
    return SessionStoreOptions.of(APPLICATION);
  }

  RedisSessionStore store() {
    return store(options());
  }

  RedisSessionStore store(SessionStoreOptions options) {
    return store(options, protection);
  }

  RedisSessionStore store(SessionStoreOptions options, DataProtection ring) {
    return new RedisSessionStore(link, options, ring, new SecureRandom());
  }

  static String key(SessionId id) {
    return "shared-redis:" + APPLICATION + ":session:{0}:id:" + id.internal();
  }

  /** As if the last use that was written had been so much earlier. */
  void age(SessionId id, Duration by) {
    long access = Long.parseLong(raw().hget(key(id), "a")) - by.toMillis();
    raw().hset(key(id), "a", Long.toString(access));
    String expiry = "shared-redis:" + APPLICATION + ":session:{0}:expiry";
    Double score = raw().zscore(expiry, id.internal());
    raw().zadd(expiry, score - by.toMillis(), id.internal());
  }

  /** As one session sees it when the clock of Redis goes forward, or back. */
  void clockGoes(Duration by, SessionId id, String user) {
    age(id, by);
    String index = "shared-redis:" + APPLICATION + ":session:{0}:user:" + SessionId.userHash(user);
    if (raw().zscore(index, id.internal()) != null) {
      raw().zincrby(index, -by.toMillis(), id.internal());
      raw().pexpire(index, raw().pttl(index) - by.toMillis());
    }
  }

  static SessionWrite first(String... namesAndValues) {
    return SessionWrite.of(values(namesAndValues), Set.of()).withTimeout(TIMEOUT);
  }

  static SessionWrite change(String... namesAndValues) {
    return SessionWrite.of(values(namesAndValues), Set.of());
  }

  static Map<String, byte[]> values(String... namesAndValues) {
    Map<String, byte[]> values = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put(namesAndValues[i], namesAndValues[i + 1].getBytes(UTF_8));
    }
    return values;
  }

  static SessionId create(SessionStore store, SessionWrite first) {
    SessionId id = store.newId();
    SaveOutcome outcome = store.create(id, Instant.ofEpochMilli(1_763_805_600_000L), first);
    if (!(outcome instanceof SaveOutcome.Saved)) {
      throw new AssertionError(outcome);
    }
    return id;
  }

  static Map<String, String> read(StoredSession session) {
    Map<String, String> values = new HashMap<>();
    for (String name : session.names()) {
      values.put(name, new String(session.attribute(name).orElseThrow(), UTF_8));
    }
    return values;
  }

  @Override
  public void close() {
    link.close();
    connection.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    network.close();
    protection.close();
  }
}
