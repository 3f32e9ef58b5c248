package io.sharedredis.lettuce.connection;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions.RefreshTrigger;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What all Redis connections of one process share: event loops, timers, and the rules for timeouts
 * and reconnection. Thread-safe; close it after everything that was made with it.
 */
public final class RedisNetwork implements AutoCloseable {

  /**
   * Commands that may wait for an answer on one connection; at a deadline of 500 ms this is more
   * than any replica can send, and bounds memory when Redis stops answering.
   */
  private static final int REQUEST_QUEUE = 20_000;

  /** Commands in one write of a client that gathers: some ten kilobytes of small ones. */
  private static final int GATHERED = 64;

  /** First pause before an attempt to connect again, doubled up to the deadline's bound. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  /** Between two looks at a cluster that something gave reason for. */
  static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  /**
   * Between two looks at a cluster without a reason, for what nobody notices: nodes that were added
   * or that left while the ones in use stayed.
   */
  private static final Duration LOOK_ANYWAY = Duration.ofSeconds(30);

  /** Failed attempts to reach a node again that give reason for a look. */
  private static final int ATTEMPTS = 2;

  private final ClientResources resources;

  /** The same, for clients that gather. */
  private final ClientResources gathering;

  private final RedisDeadlines deadlines;
  private final RedisLogin login;
  private final SslOptions tls;
  private final Map<RedisAddress, SentinelWatch> watches = new ConcurrentHashMap<>();
  private final MissingRights missingRights = new MissingRights();

  /** Starts the event loops; connections log in as their addresses say. */
  public RedisNetwork(RedisDeadlines deadlines) {
    this(deadlines, RedisLogin.BY_ADDRESS);
  }

  /**
   * Starts the event loops.
   *
   * @param login user names and passwords that do not stand in addresses
   */
  public RedisNetwork(RedisDeadlines deadlines, RedisLogin login) {
    this(deadlines, login, SslOptions.create());
  }

  /**
   * Starts the event loops.
   *
   * @param login user names and passwords that do not stand in addresses
   * @param tls which certificates are trusted where an address says TLS, and which one is shown
   */
  public RedisNetwork(RedisDeadlines deadlines, RedisLogin login, SslOptions tls) {
    this(deadlines, login, tls, ClientResources.builder());
  }

  /**
   * Lives on event loops that are there already.
   *
   * @param login user names and passwords that do not stand in addresses
   * @param loops ended by their owner, after this was closed
   */
  public RedisNetwork(RedisDeadlines deadlines, RedisLogin login, EventLoopGroup loops) {
    this(deadlines, login, SslOptions.create(), loops);
  }

  /**
   * Lives on event loops that are there already.
   *
   * @param login user names and passwords that do not stand in addresses
   * @param tls which certificates are trusted where an address says TLS, and which one is shown
   * @param loops ended by their owner, after this was closed
   */
  public RedisNetwork(
      RedisDeadlines deadlines, RedisLogin login, SslOptions tls, EventLoopGroup loops) {
    this(
        deadlines,
        login,
        tls,
        ClientResources.builder().eventLoopGroupProvider(new SharedLoops(loops)));
  }

  private RedisNetwork(
      RedisDeadlines deadlines,
      RedisLogin login,
      SslOptions tls,
      ClientResources.Builder resources) {
    this.deadlines = deadlines;
    this.login = login;
    this.tls = tls;
    // Full jitter: replicas that lost the same Redis do not come back in step.
    this.resources =
        resources
            .reconnectDelay(
                Delay.fullJitter(
                    FIRST_PAUSE, deadlines.reconnectAtMost(), 20, TimeUnit.MILLISECONDS))
            // Lettuce keeps a histogram for each kind of command as soon as HdrHistogram is on the
            // class path, which comes with Micrometer: nobody asks for it.
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .build();
    this.gathering =
        this.resources
            .mutate()
            .nettyCustomizer(
                new NettyCustomizer() {
                  @Override
                  public void afterChannelInitialized(Channel channel) {
                    channel.pipeline().addFirst(new FlushConsolidationHandler(GATHERED, true));
                  }
                })
            .build();
  }

  /** The deadlines every connection keeps. */
  public RedisDeadlines deadlines() {
    return deadlines;
  }

  /** Tells people about rights that a user of Redis lacks. */
  public MissingRights missingRights() {
    return missingRights;
  }

  /** Event loops and timers, for clients that are not made here. */
  public ClientResources resources() {
    return resources;
  }

  /** The rules for one client: short deadlines, and no backlog while Redis is away. */
  public ClientOptions clientOptions() {
    return ClientOptions.builder()
        .autoReconnect(true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        // A command that was sent before the connection broke may have been executed: the caller
        // decides whether it is safe to repeat, not the driver.
        .replayFilter(command -> true)
        .requestQueueSize(REQUEST_QUEUE)
        // A password that expires is replaced on connections that stand, before it does.
        .reauthenticateBehavior(ClientOptions.ReauthenticateBehavior.ON_NEW_CREDENTIALS)
        .timeoutOptions(TimeoutOptions.enabled(deadlines.command()))
        .sslOptions(tls)
        .socketOptions(
            SocketOptions.builder().connectTimeout(deadlines.connect()).keepAlive(true).build())
        .build();
  }

  /**
   * The rules for a client of {@code address}: for a cluster, those that follow its changes too.
   */
  public ClientOptions clientOptions(RedisAddress address) {
    if (!(address.topology() instanceof RedisTopology.Cluster)) {
      return clientOptions();
    }
    return ClusterClientOptions.builder(clientOptions())
        .topologyRefreshOptions(
            ClusterTopologyRefreshOptions.builder()
                .enableAdaptiveRefreshTrigger(RefreshTrigger.values())
                .adaptiveRefreshTriggersTimeout(LOOK_AGAIN)
                .refreshTriggersReconnectAttempts(ATTEMPTS)
                .enablePeriodicRefresh(LOOK_ANYWAY)
                .build())
        .build();
  }

  /** Where to connect and who to be there, with a timeout, for clients that are not made here. */
  public RedisURI uri(RedisAddress address, Duration timeout) {
    RedisURI uri = address.toUri(timeout);
    login.credentials(address).ifPresent(uri::setCredentialsProvider);
    return uri;
  }

  /** As {@link #uri}, for a server of the address that it does not name. */
  public RedisURI uri(RedisAddress address, String host, int port, Duration timeout) {
    RedisURI uri = uri(address, timeout);
    uri.setHost(host);
    uri.setPort(port);
    return uri;
  }

  /** As {@link #uri}, but of a cluster every node that is named. */
  public List<RedisURI> uris(RedisAddress address, Duration timeout) {
    List<RedisURI> uris = address.toUris(timeout);
    login
        .credentials(address)
        .ifPresent(credentials -> uris.forEach(uri -> uri.setCredentialsProvider(credentials)));
    return uris;
  }

  /**
   * Where to connect for what every server of an address can do, such as publishing and listening:
   * the next node of a cluster with each call, beginning with any, else always the master.
   */
  public Supplier<RedisURI> anyNode(
      RedisAddress address, Duration timeout, RandomGenerator random) {
    int nodes = address.toUris(timeout).size();
    AtomicInteger next = new AtomicInteger(random.nextInt(nodes));
    // Credentials that are renewed are asked for each time.
    return () -> uris(address, timeout).get(Math.floorMod(next.getAndIncrement(), nodes));
  }

  /**
   * Runs {@code listener} on a driver thread whenever sentinels say that another server has become
   * master of {@code address}, until the result is closed; never where there are no sentinels.
   */
  public Watching onMoved(RedisAddress address, Runnable listener) {
    if (!(address.topology() instanceof RedisTopology.Sentinel)) {
      return () -> {};
    }
    SentinelWatch watch = watch(address);
    watch.add(listener);
    return () -> watch.remove(listener);
  }

  /** Ends when it is closed. */
  @FunctionalInterface
  public interface Watching extends AutoCloseable {
    @Override
    void close();
  }

  /** The one listener to the sentinels of an address. */
  SentinelWatch watch(RedisAddress address) {
    return watches.computeIfAbsent(address, watched -> new SentinelWatch(this, watched));
  }

  /** Credentials that do not stand in the address, if there are any. */
  public Optional<RedisCredentialsProvider> credentials(RedisAddress address) {
    return login.credentials(address);
  }

  /** A client for single servers of {@code address} under these rules; the caller shuts it down. */
  public RedisClient client(RedisAddress address) {
    RedisClient client = RedisClient.create(resources, uri(address, deadlines.command()));
    client.setOptions(clientOptions());
    return client;
  }

  /**
   * A client for many commands that nobody waits for: what several callers send at a time, each
   * from its own thread, leaves in one write, and Redis reads and answers it together. The caller
   * shuts it down.
   */
  public RedisClient gatheringClient(RedisAddress address) {
    RedisClient client = RedisClient.create(gathering, uri(address, deadlines.command()));
    client.setOptions(clientOptions());
    return client;
  }

  @Override
  public void close() {
    watches.values().forEach(SentinelWatch::close);
    resources.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    // Shares everything with the other; it complains when it is not told.
    gathering.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
