package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.netty.channel.EventLoopGroup;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLogin;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.backplane.LineProtocol;
import io.sharedredis.testkit.backplane.TestConnection;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** Replicas of one hub in this JVM, joined over a real Redis. */
final class Replicas implements AutoCloseable {

  static final HubProtocol LINE = new LineProtocol("line");
  static final Duration SOON = Duration.ofSeconds(10);

  final String hub;
  private final List<HubProtocol> protocols;
  private final RedisNetwork network;
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final List<Replica> replicas = new ArrayList<>();

  Replicas() {
    this("Test.Hub-" + UUID.randomUUID(), List.of(LINE));
  }

  Replicas(String hub, List<HubProtocol> protocols) {
    this(hub, protocols, new RedisNetwork(RedisDeadlines.DEFAULT));
  }

  /** Replicas whose connections live on event loops of the test. */
  static Replicas on(EventLoopGroup loops) {
    return new Replicas(
        "Test.Hub-" + UUID.randomUUID(),
        List.of(LINE),
        new RedisNetwork(RedisDeadlines.DEFAULT, RedisLogin.BY_ADDRESS, loops));
  }

  /** Replicas that log in as somebody else tells. */
  static Replicas by(RedisLogin login) {
    return new Replicas(
        "Test.Hub-" + UUID.randomUUID(),
        List.of(LINE),
        new RedisNetwork(RedisDeadlines.DEFAULT, login));
  }

  private Replicas(String hub, List<HubProtocol> protocols, RedisNetwork network) {
    this.hub = hub;
    this.protocols = protocols;
    this.network = network;
  }

  /** A replica whose access is its own process's: two connections to Redis. */
  record Replica(RedisBackplane backplane, HubLifetime lifetime, String server) {

    TestConnection connect(String id) {
      return connect(new TestConnection(id, null, LINE));
    }

    TestConnection connect(TestConnection connection) {
      assertThat(lifetime.onConnected(connection).toCompletableFuture()).succeedsWithin(SOON);
      return connection;
    }

    long count(String meter) {
      return backplane.meters().counter(meter);
    }
  }

  /** A replica that hears and is heard. */
  Replica start(String url) {
    return start(url, options -> options);
  }

  Replica start(String url, UnaryOperator<BackplaneOptions> tuning) {
    Replica replica = begin(url, tuning);
    Awaitility.await().atMost(SOON).until(replica.backplane()::settled);
    return replica;
  }

  /** A replica that hears, is heard, and keeps reliable messages. */
  Replica startReliable(String url, ReliableOptions reliable) {
    return startReliable(
        url, options -> options.withProbe(Duration.ofSeconds(1), Duration.ofSeconds(1)), reliable);
  }

  Replica startReliable(
      String url, UnaryOperator<BackplaneOptions> tuning, ReliableOptions reliable) {
    Replica replica = begin(url, tuning, reliable);
    Awaitility.await().atMost(SOON).until(replica.backplane()::settled);
    return replica;
  }

  /** A replica that may still be looking for its Redis. */
  Replica begin(String url, UnaryOperator<BackplaneOptions> tuning) {
    return begin(url, tuning, null);
  }

  private Replica begin(
      String url, UnaryOperator<BackplaneOptions> tuning, ReliableOptions reliable) {
    String server = "host-" + replicas.size() + "_" + UUID.randomUUID().toString().replace("-", "");
    RedisBackplane backplane =
        new RedisBackplane(
            network,
            RedisAddress.parse("test", url),
            tuning.apply(BackplaneOptions.named(server)),
            reliable,
            InstantSource.system(),
            scheduler,
            new SecureRandom(),
            new BackplaneMeters());
    Replica replica = new Replica(backplane, backplane.create(hub, protocols), server);
    replicas.add(replica);
    return replica;
  }

  /** Runs one command on a connection of its own. */
  static void admin(String url, Consumer<RedisCommands<String, String>> work) {
    RedisClient client = RedisClient.create(RedisURI.create(url));
    try {
      work.accept(client.connect().sync());
    } finally {
      client.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    replicas.forEach(replica -> replica.lifetime().close());
    replicas.forEach(replica -> replica.backplane().close());
    scheduler.shutdownNow();
    network.close();
  }
}
