package io.sharedredis.lettuce.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.FreePorts;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One node of a Redis cluster that has all slots: refuses scripts that touch more than one slot, as
 * a cluster does, and is a single server otherwise.
 */
final class SessionRedis implements AutoCloseable {

  static final String APPLICATION = "shop";
  static final Duration TIMEOUT = Duration.ofMinutes(30);

  final RedisServer server =
      RedisServer.start(
          RedisOptions.defaults()
              .withArguments(
                  // The port of other nodes would lie among those of outgoing connections.
                  "--cluster-enabled", "yes", "--cluster-port", Integer.toString(FreePorts.one())));
  final DataProtection protection = DataProtection.ephemeral();
  private final RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
  private final RedisClient client = RedisClient.create(server.uri());
  private final StatefulRedisConnection<String, String> connection = client.connect();
  private final RedisLink<byte[], byte[]> link;

  SessionRedis() throws Exception {
    int[] slots = new int[16_384];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = i;
    }
    raw().clusterAddSlots(slots);
    while (!raw().clusterInfo().contains("cluster_state:ok")) {
      Thread.onSpinWait();
    }
    link =
        new RedisLink<>(
            network, "sessions", RedisAddress.parse("test", server.url()), ByteArrayCodec.INSTANCE);
    link.firstConnected().get(5, TimeUnit.SECONDS);
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
    server.close();
  }
}
