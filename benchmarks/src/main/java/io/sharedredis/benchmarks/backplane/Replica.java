package io.sharedredis.benchmarks.backplane;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.hub.server.HubDefinition;
import io.sharedredis.hub.server.HubRuntime;
import io.sharedredis.hub.server.HubServer;
import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.Wire;
import io.sharedredis.lettuce.backplane.BackplaneMeters;
import io.sharedredis.lettuce.backplane.BackplaneOptions;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.lettuce.backplane.ReliableOptions;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A replica of a hub in this JVM, with connections to Redis of its own and one client. */
final class Replica implements AutoCloseable {
  /** Those with reliable channels are a farm of their own: they hear nothing of the others. */
  private static final String KEEPERS = "keepers";

  private static final Duration START = Duration.ofSeconds(30);

  private final RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final RedisBackplane backplane;
  private final HubServer server;
  private final HubContext<Probe, ClientProxy> context;
  private final Queue client = new Queue();

  /** Only what is sent from outside of calls matters here. */
  static final class Probe extends Hub<ClientProxy> {}

  /**
   * @param name of the server, and of the group that its client is in
   */
  Replica(String name, String redis, boolean reliable) throws InterruptedException {
    this.backplane =
        new RedisBackplane(
            network,
            RedisAddress.parse("redis", redis),
            reliable
                ? BackplaneOptions.named(name).withChannelPrefix(KEEPERS)
                : BackplaneOptions.named(name),
            reliable ? ReliableOptions.defaults() : null,
            InstantSource.system(),
            scheduler,
            new SecureRandom(),
            new BackplaneMeters());
    HubDefinition definition =
        HubDefinition.of(
            Probe.class,
            () -> {
              Probe probe = new Probe();
              return () -> probe;
            },
            List.of(new JsonHubProtocol(), new MessagePackHubProtocol()));
    this.server =
        new HubServer(
            definition,
            backplane,
            new HubRuntime(executor, System::nanoTime, new HubConnections()));
    this.context = server.context();
    String id = "client-of-" + name;
    client.wire =
        server.open(
            id, new HubRequest("/hub", Map.of(), Map.of(), null, null, null), client, false);
    client.wire.received(
        "{\"protocol\":\"json\",\"version\":1}\u001e".getBytes(StandardCharsets.US_ASCII));
    long deadline = System.nanoTime() + START.toNanos();
    while (!backplane.settled() || !succeeds(context.groups().add(id, name))) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("replica " + name + " did not find Redis");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private static boolean succeeds(CompletionStage<Void> stage) throws InterruptedException {
    try {
      stage.toCompletableFuture().get(START.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  HubContext<Probe, ClientProxy> context() {
    return context;
  }

  /** Waits until what is sent here is heard there. */
  void awaitHeard() throws InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (!succeeds(context.clients().all().send("m", ""))) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("nothing can be sent");
      }
    }
  }

  /** Runs {@code listener} for each message that gets into the client's send queue. */
  void onQueued(Runnable listener) {
    client.listener = listener;
  }

  /** A transport that takes what is queued at once and writes it nowhere. */
  private static final class Queue implements HubTransport {
    private volatile @Nullable Wire wire;
    private volatile Runnable listener = () -> {};

    @Override
    public String name() {
      return "WebSockets";
    }

    @Override
    public boolean supportsBinary() {
      return true;
    }

    @Override
    public void useBinary(boolean binary) {}

    @Override
    public synchronized void outputReady() {
      Wire open = wire;
      if (open == null) {
        return;
      }
      List<byte[]> unit = open.output().take();
      while (unit != null) {
        open.output().written();
        for (int i = 0; i < unit.size(); i++) {
          listener.run();
        }
        unit = open.output().take();
      }
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}

    @Override
    public void abort() {}
  }

  @Override
  public void close() {
    server.close();
    backplane.close();
    executor.shutdownNow();
    scheduler.shutdownNow();
    network.close();
  }
}
