package io.sharedredis.lettuce.backplane;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.sharedredis.lettuce.backplane.BackplaneMeters.Event;
import io.sharedredis.lettuce.connection.Breakers;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus over Redis pub/sub: one connection that publishes, pipelined, and one that listens.
 *
 * <p>Publishing waits for nothing: while Redis is away it fails at once, and what a caller was told
 * to have failed without being sent is never sent later. A Redis that stalls is noticed after a few
 * missed deadlines; from then on calls fail at once until it answers.
 */
final class RedisBus implements PubSubBus {

  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private static final Logger log = LoggerFactory.getLogger(RedisBus.class);

  private final ChannelNames names;
  private final BackplaneMeters meters;
  private final RedisNetwork network;
  private final RedisAddress address;
  private final CircuitBreaker breaker = Breakers.forUse("backplane");
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final SubscriptionTable table = new SubscriptionTable(this::recovered);
  private final BusLink<StatefulRedisConnection<String, byte[]>> publishing;
  private final BusLink<StatefulRedisPubSubConnection<String, byte[]>> listening;

  private final BusChannels commands;
  private final RedisNetwork.Watching moves;
  private final AtomicLong epochs = new AtomicLong();
  private volatile long listeningEpoch = -1;
  private final SubscriptionProbe probe;
  private final ScheduledFuture<?> probing;

  RedisBus(
      RedisNetwork network,
      RedisAddress address,
      BackplaneOptions options,
      ChannelNames names,
      BusChannels commands,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      BackplaneMeters meters) {
    this.network = network;
    this.address = address;
    this.names = names;
    this.commands = commands;
    this.meters = meters;
    this.publishing =
        new BusLink<>(
            "publishing",
            address,
            client(network, network.gatheringClient(address)),
            client -> commands.place().thenCompose(uri -> client.connectAsync(CODEC, uri)),
            connection -> {
              connection.setTimeout(network.deadlines().command());
              recovered();
            },
            this::lost,
            scheduler,
            random);
    this.listening =
        new BusLink<>(
            "listening",
            address,
            patientClient(network, address),
            client ->
                commands
                    .place()
                    .thenCompose(uri -> client.connectPubSubAsync(CODEC, uri))
                    .thenApply(this::required),
            this::listen,
            this::deaf,
            scheduler,
            random);
    this.probe = new SubscriptionProbe(this, options, clock, scheduler, meters);
    commands.begin(this::recovered);
    publishing.open();
    listening.open();
    // Who stays with the former master is heard by nobody on the new one.
    this.moves = network.onMoved(address, () -> replaceAll("another server has become master"));
    long interval = options.probeInterval().toMillis();
    this.probing =
        scheduler.scheduleWithFixedDelay(probe::run, interval, interval, TimeUnit.MILLISECONDS);
  }

  private static RedisClient client(RedisNetwork network, RedisClient client) {
    client.setOptions(network.clientOptions().mutate().autoReconnect(false).build());
    return client;
  }

  /**
   * The driver drops commands that run into a deadline before they are written, as they do on a
   * busy machine. A subscription that is never asked for would never be confirmed, so that whoever
   * waits for it waits for ever; whether Redis answers is the probe's business here.
   */
  private static RedisClient patientClient(RedisNetwork network, RedisAddress address) {
    RedisClient client = client(network, network.client(address));
    client.setOptions(client.getOptions().mutate().timeoutOptions(TimeoutOptions.create()).build());
    return client;
  }

  @Override
  public CompletionStage<Void> publish(String channel, byte[] payload) {
    StatefulRedisConnection<String, byte[]> connection = publishing.connection();
    if (connection == null) {
      meters.count(Event.NOT_SENT);
      return CompletableFuture.failedFuture(
          BackplaneException.notSent("Redis is not connected now"));
    }
    String name = names.name(channel);
    CompletableFuture<Void> result = new CompletableFuture<>();
    var unused =
        breaker
            .executeCompletionStage(() -> commands.publish(connection, name, payload))
            .whenComplete(
                (receivers, failure) -> {
                  if (failure == null) {
                    publishing.works(connection);
                    meters.count(Event.PUBLISHED);
                    result.complete(null);
                  } else {
                    Throwable cause = Failures.unwrap(failure);
                    var unusedToo = lacks(name, failure);
                    if (commands.moved(cause)) {
                      var unusedAsWell = publishing.leave(connection, "its channels have moved");
                    }
                    result.completeExceptionally(translate(cause));
                  }
                });
    return result;
  }

  private boolean lacks(String channel, Throwable failure) {
    return network.missingRights().look("hub backplane", address, channel, failure);
  }

  private BackplaneException translate(Throwable failure) {
    if (failure instanceof CallNotPermittedException) {
      meters.count(Event.NOT_SENT);
      return BackplaneException.notSent("Redis did not answer several times just now");
    }
    if (failure instanceof RedisCommandExecutionException) {
      meters.count(Event.NOT_SENT);
      return BackplaneException.notSent("Redis refused it: " + failure.getMessage());
    }
    meters.count(Event.OUTCOME_UNKNOWN);
    return BackplaneException.unknown(String.valueOf(failure.getMessage()), failure);
  }

  @Override
  public CompletionStage<Long> subscribers(String channel) {
    StatefulRedisConnection<String, byte[]> connection = publishing.connection();
    if (connection == null) {
      return CompletableFuture.failedFuture(
          BackplaneException.notSent("Redis is not connected now"));
    }
    return commands
        .subscribers(connection, names.name(channel))
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    BackplaneException.notSent(
                        "Redis did not answer: " + Failures.unwrap(failure).getMessage())));
  }

  @Override
  public CompletionStage<Void> settle(
      String channel, BooleanSupplier wanted, Consumer<byte[]> receiver) {
    return table.settle(names.name(channel), wanted, receiver);
  }

  @Override
  public void listenAll(Map<String, Consumer<byte[]>> receivers) {
    Map<String, Consumer<byte[]>> named = new HashMap<>();
    receivers.forEach((channel, receiver) -> named.put(names.name(channel), receiver));
    table.wantAll(named);
  }

  @Override
  public void leaveAll(Collection<String> channels) {
    table.forgetAll(channels.stream().map(names::name).toList());
  }

  private void listen(StatefulRedisPubSubConnection<String, byte[]> connection) {
    meters.count(Event.CONNECTS);
    listeningEpoch = epochs.incrementAndGet();
    BusWire fresh = new BusWire(this, commands, connection);
    commands.listen(connection, fresh);
    table.connected(fresh);
  }

  private StatefulRedisPubSubConnection<String, byte[]> required(
      StatefulRedisPubSubConnection<String, byte[]> connection) {
    try {
      commands.require(connection);
    } catch (IllegalArgumentException e) {
      var unused = connection.closeAsync();
      throw e;
    }
    return connection;
  }

  private void deaf() {
    meters.count(Event.DISCONNECTS);
    listeningEpoch = -1;
    table.disconnected();
    lost();
  }

  private void lost() {
    watchers.forEach(Watcher::lost);
  }

  private void recovered() {
    if (settled()) {
      watchers.forEach(Watcher::settled);
    }
  }

  @Override
  public void watch(Watcher watcher) {
    watchers.add(watcher);
  }

  @Override
  public long listeningEpoch() {
    return listeningEpoch;
  }

  @Override
  public CompletableFuture<Void> firstConnected() {
    return table.firstConnected();
  }

  @Override
  public List<String> channels() {
    return table.channels().stream().map(names::channel).toList();
  }

  @Override
  public int unconfirmed() {
    return table.unconfirmed();
  }

  @Override
  public BackplaneState.Probe probes() {
    return probe.state();
  }

  /** What a channel is called in Redis, and in the table. */
  String name(String channel) {
    return names.name(channel);
  }

  SubscriptionProbe probe() {
    return probe;
  }

  SubscriptionTable table() {
    return table;
  }

  @Override
  public boolean canPublish() {
    return publishing.connection() != null;
  }

  @Override
  public boolean settled() {
    return canPublish() && table.settled() && commands.ready();
  }

  @Override
  public void loseSubscription(String channel) {
    StatefulRedisPubSubConnection<String, byte[]> connection = listening.connection();
    if (connection != null) {
      var unused = commands.unsubscribe(connection, names.name(channel));
    }
  }

  void replaceAll(String why) {
    publishing.replace(why);
    listening.replace(why);
  }

  @Override
  public void replaceListening(String why) {
    listening.replace(why);
  }

  @Override
  public void close() {
    probing.cancel(false);
    moves.close();
    commands.close();
    listening.close();
    publishing.close();
  }

  /** The server has confirmed a subscription of this connection. */
  void works(StatefulRedisPubSubConnection<String, byte[]> connection) {
    listening.works(connection);
  }

  /** The server has given the slot of this connection's channels away. */
  void left(StatefulRedisPubSubConnection<String, byte[]> connection, String why) {
    // Told for each channel: once is enough.
    if (listening.leave(connection, why)) {
      var unused = publishing.leave(publishing.connection(), why);
    }
  }

  /** What this connection has not been asked for another one is. */
  void notAsked(StatefulRedisPubSubConnection<String, byte[]> connection, Throwable failure) {
    if (listening.connection() == connection) {
      listening.replace("a subscription could not be asked for: " + failure.getMessage());
    }
  }

  void refused(String name, Throwable failure) {
    meters.count(Event.SUBSCRIPTIONS_REFUSED);
    if (!lacks(name, failure)) {
      log.warn("Redis refuses a subscription of the backplane: {}", failure.getMessage());
    }
    table.refused(
        name, BackplaneException.notSent("Redis refuses a subscription: " + failure.getMessage()));
  }
}
