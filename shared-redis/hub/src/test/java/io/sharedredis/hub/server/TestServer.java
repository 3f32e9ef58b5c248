package io.sharedredis.hub.server;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.hub.lifetime.InProcessHubLifetime;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** A hub served without network, whose clock stands until it is moved. */
final class TestServer implements AutoCloseable {
  final ExecutorService executor = Executors.newCachedThreadPool();
  final AtomicLong nanos = new AtomicLong();
  final HubConnections connections = new HubConnections();
  final HubServer server;
  private final AtomicInteger lastId = new AtomicInteger();

  TestServer(Class<? extends Hub<?>> type, Supplier<Hub<?>> hubs) {
    this(type, hubs, d -> d);
  }

  TestServer(
      Class<? extends Hub<?>> type,
      Supplier<Hub<?>> hubs,
      Function<HubDefinition, HubDefinition> changes) {
    this(type, hubs, changes, (name, protocols) -> new InProcessHubLifetime());
  }

  TestServer(
      Class<? extends Hub<?>> type,
      Supplier<Hub<?>> hubs,
      Function<HubDefinition, HubDefinition> changes,
      HubLifetimeFactory lifetimes) {
    this(type, hubs, changes, lifetimes, CallObserver.NONE);
  }

  TestServer(
      Class<? extends Hub<?>> type,
      Supplier<Hub<?>> hubs,
      Function<HubDefinition, HubDefinition> changes,
      HubLifetimeFactory lifetimes,
      CallObserver calls) {
    HubActivator activator =
        () -> {
          Hub<?> hub = hubs.get();
          return () -> hub;
        };
    HubDefinition definition = HubDefinition.of(type, activator, protocols());
    server =
        new HubServer(
            changes.apply(definition),
            lifetimes,
            new HubRuntime(executor, nanos::get, connections, calls));
  }

  static List<HubProtocol> protocols() {
    return List.of(new JsonHubProtocol());
  }

  /** A connection that has not yet shaken hands. */
  TestClient open() {
    return open((Principal) null);
  }

  TestClient open(Principal user) {
    HubRequest request = new HubRequest("/hub", Map.of(), Map.of(), user, "session-1", null);
    return new TestClient(server, "connection-" + lastId.incrementAndGet(), request);
  }

  /** A connection past its handshake. */
  TestClient connect() {
    return open().handshake();
  }

  TestClient connect(String user) {
    return open(() -> user).handshake();
  }

  <H extends Hub<C>, C> HubContext<H, C> context() {
    return server.context();
  }

  void advance(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      connections.heartbeat();
    }
  }

  static HubOptions options(Function<HubOptions, HubOptions> changes) {
    return changes.apply(HubOptions.defaults());
  }

  static HubOptions detailed() {
    HubOptions d = HubOptions.defaults();
    return new HubOptions(
        d.handshakeTimeout(),
        d.keepAliveInterval(),
        d.clientTimeout(),
        d.maximumReceiveMessageSize(),
        true,
        d.maximumParallelInvocations(),
        d.streamBufferCapacity(),
        d.receiveHighWater(),
        d.sendHighWater(),
        d.sendLimit(),
        d.sendTimeout(),
        d.closeTimeout(),
        d.clientResultTimeout(),
        d.statefulReconnects());
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
