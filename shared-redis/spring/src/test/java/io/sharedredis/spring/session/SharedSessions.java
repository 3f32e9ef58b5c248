package io.sharedredis.spring.session;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
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
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.springframework.session.events.AbstractSessionEvent;

/** A Redis, and repositories of sessions on it as replicas have them. */
final class SharedSessions implements AutoCloseable {

  static final String APPLICATION = "contract";
  static final Duration TIMEOUT = Duration.ofMinutes(30);

  final List<AbstractSessionEvent> events = new CopyOnWriteArrayList<>();
  final RedisServer server = RedisServer.startOwn();
  final RedisLink<byte[], byte[]> link;
  final SessionJson json;
  private final DataProtection protection = DataProtection.ephemeral();

  /** What is tested is what sessions do, not how soon a busy machine does it. */
  private final RedisNetwork network =
      new RedisNetwork(
          new RedisDeadlines(
              Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(1)));

  private final RedisClient client = RedisClient.create(server.uri());
  private final StatefulRedisConnection<String, String> connection = client.connect();

  SharedSessions(SessionTypes... types) throws Exception {
    json = new SessionJson(getClass().getClassLoader(), List.of(types));
    link = connect();
  }

  /** A connection of its own, as each replica has one; the caller's to close. */
  RedisLink<byte[], byte[]> connect() throws Exception {
    RedisLink<byte[], byte[]> connected =
        new RedisLink<>(
            network, "sessions", RedisAddress.parse("test", server.url()), ByteArrayCodec.INSTANCE);
    connected.firstConnected().get(30, TimeUnit.SECONDS);
    return connected;
  }

  RedisNetwork network() {
    return network;
  }

  SessionStoreOptions options() {
    return SessionStoreOptions.of(APPLICATION);
  }

  RedisSessionStore store(SessionStoreOptions options) {
    return store(link, options);
  }

  RedisSessionStore store(RedisLink<byte[], byte[]> connected, SessionStoreOptions options) {
    return new RedisSessionStore(connected, options, protection, new SecureRandom());
  }

  SharedSessionRepository repository() {
    return repository(store(options()), TIMEOUT);
  }

  SharedSessionRepository repository(SessionStore store, Duration timeout) {
    return new SharedSessionRepository(
        store,
        json,
        timeout,
        "one",
        InstantSource.system(),
        event -> events.add((AbstractSessionEvent) event));
  }

  RedisCommands<String, String> raw() {
    return connection.sync();
  }

  static String key(String id) {
    return "shared-redis:"
        + APPLICATION
        + ":session:{0}:id:"
        + SessionId.parse(id).orElseThrow().internal();
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
