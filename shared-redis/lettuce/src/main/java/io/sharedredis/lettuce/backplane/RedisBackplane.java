package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.presence.PresenceKeeper;
import io.sharedredis.lettuce.presence.PresenceStore;
import io.sharedredis.lettuce.presence.RedisPresence;
import io.sharedredis.lettuce.relay.RelayWire;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Joins this process's hubs with those of other replicas, Java or .NET, over one Redis.
 * Thread-safe.
 *
 * <p>Connects in the background: a Redis that is away at the start is joined when it comes. The
 * channels and payloads are those of ASP.NET Core's SignalR backplane.
 */
public final class RedisBackplane implements HubLifetimeFactory, AutoCloseable {

  private final PubSubBus bus;
  private volatile @Nullable RedisPresence presence;
  private final RedisAddress address;
  private final List<BackplaneLifetime> lifetimes = new CopyOnWriteArrayList<>();
  private final BackplaneOptions options;
  private final InstantSource clock;
  private final ScheduledExecutorService scheduler;
  private final RandomGenerator random;
  private final BackplaneMeters meters;
  private final BackplaneLifetime.@Nullable Keeping keeping;

  /** As the other, without reliable messages. */
  public RedisBackplane(
      RedisNetwork network,
      RedisAddress address,
      BackplaneOptions options,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      BackplaneMeters meters) {
    this(network, address, options, null, clock, scheduler, random, meters);
  }

  /**
   * Begins to connect; returns at once.
   *
   * @param reliable how reliable messages are kept; null to switch them off
   * @param scheduler runs timers; its tasks do not block
   * @param random names calls and spreads reconnects; an observer of Redis who could predict it
   *     could forge answers, so make it a secure one
   * @throws IllegalArgumentException if reliable messages are on and the channel prefix contains
   *     braces
   */
  public RedisBackplane(
      RedisNetwork network,
      RedisAddress address,
      BackplaneOptions options,
      @Nullable ReliableOptions reliable,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      BackplaneMeters meters) {
    if (reliable != null) {
      RedisHistory.requireUsable(options.channelPrefix());
    }
    this.options = options;
    this.address = address;
    this.clock = clock;
    this.scheduler = scheduler;
    this.random = random;
    this.meters = meters;
    ChannelNames names = options.names();
    this.bus =
        names.sharded()
            ? new ShardedBus(network, address, options, clock, scheduler, random, meters)
            : new RedisBus(
                network,
                address,
                options,
                names,
                new OrdinaryChannels(network, address, random),
                clock,
                scheduler,
                random,
                meters);
    this.keeping =
        reliable == null
            ? null
            : keeping(new RedisHistory(network, address, names, reliable), reliable);
  }

  private static BackplaneLifetime.Keeping keeping(RedisHistory history, ReliableOptions options) {
    return new BackplaneLifetime.Keeping(history, options, history.places());
  }

  /**
   * Keeps a record of who is connected, for the hubs that are made from now on; closed with this.
   */
  public void record(RedisPresence recorded) {
    presence = recorded;
  }

  /** One thread for listeners, which may be slow; it is there only while it has something to do. */
  private static Executor listeners() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "hub-presence");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  @Override
  public HubLifetime create(String hubName, List<HubProtocol> protocols) {
    BackplaneLifetime lifetime =
        new BackplaneLifetime(
            bus, hubName, protocols, options, clock, scheduler, random, meters, keeping);
    RedisPresence recorded = presence;
    if (recorded != null) {
      PresenceStore store = recorded.of(hubName);
      lifetime.record(
          store,
          local -> {
            PresenceKeeper keeper =
                new PresenceKeeper(
                    store, recorded.times(), options.serverName(), local, scheduler, listeners());
            recorded.onReturn(keeper::returned);
            return keeper;
          });
    }
    lifetimes.removeIf(other -> !other.isOpen());
    lifetimes.add(lifetime);
    return lifetime;
  }

  /** The same two connections for what replicas relay to each other. */
  public RelayWire relayWire() {
    return new BusRelayWire(bus);
  }

  /** Completes when this process listens for the first time. */
  public CompletableFuture<Void> firstConnected() {
    return bus.firstConnected();
  }

  /** Whether both connections stand and Redis has confirmed every subscription. */
  public boolean settled() {
    return bus.settled();
  }

  /** How many channels this process listens to, or wants to. */
  public int subscriptions() {
    return bus.channels().size();
  }

  /** How everything stands now. */
  public BackplaneState state() {
    List<BackplaneLifetime> open = lifetimes.stream().filter(BackplaneLifetime::isOpen).toList();
    Map<String, Integer> kinds = new TreeMap<>();
    for (String name : bus.channels()) {
      kinds.merge(kind(name, open), 1, Integer::sum);
    }
    return new BackplaneState(
        options.serverName(),
        address.toString(),
        options.channelPrefix(),
        bus.canPublish(),
        bus.listeningEpoch() >= 0,
        bus.settled(),
        kinds,
        bus.unconfirmed(),
        bus.probes(),
        meters.counters(),
        meters.meanLag(),
        meters.maxLag(),
        open.stream().map(BackplaneLifetime::state).toList());
  }

  private static String kind(String channel, List<BackplaneLifetime> lifetimes) {
    for (BackplaneLifetime lifetime : lifetimes) {
      String kind = lifetime.kind(channel);
      if (kind != null) {
        return kind;
      }
    }
    if (channel.startsWith(Peers.CHANNELS)) {
      return "peers";
    }
    if (channel.startsWith(SubscriptionProbe.CHANNELS)) {
      return "probe";
    }
    return channel.contains(":hub:relay:") ? "relay" : "other";
  }

  /** For tests: unsubscribes a channel behind the table's back, as a fault in Redis would. */
  void loseSubscription(String channel) {
    bus.loseSubscription(channel);
  }

  /** For tests: opens another connection to listen with. */
  void replaceListening() {
    bus.replaceListening("a test wants it");
  }

  /** For tests: how many listen to a channel. */
  CompletionStage<Long> subscribers(String channel) {
    return bus.subscribers(channel);
  }

  /** What happened since the start. */
  public BackplaneMeters meters() {
    return meters;
  }

  /** Closes the connections; close the lifetimes first. */
  @Override
  public void close() {
    RedisPresence recorded = presence;
    if (recorded != null) {
      recorded.close();
    }
    bus.close();
    if (keeping != null) {
      keeping.history().close();
    }
  }
}
