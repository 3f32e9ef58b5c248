package io.sharedredis.lettuce.backplane;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
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
import java.util.function.Supplier;
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
final class RedisBus implements BackplaneBus {

  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private static final Logger log = LoggerFactory.getLogger(RedisBus.class);

  private final String prefix;
  private final BackplaneMeters meters;
  private final RedisNetwork network;
  private final RedisAddress address;
  private final CircuitBreaker breaker = Breakers.forUse("backplane");
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final SubscriptionTable table = new SubscriptionTable(this::recovered);
  private final BusLink<StatefulRedisConnection<String, byte[]>> publishing;
  private final BusLink<StatefulRedisPubSubConnection<String, byte[]>> listening;

  private final Audience audience;
  private final RedisNetwork.Watching moves;
  private final AtomicLong epochs = new AtomicLong();
  private volatile long listeningEpoch = -1;
  private final SubscriptionProbe probe;
  private final ScheduledFuture<?> probing;

  RedisBus(
      RedisNetwork network,
      RedisAddress address,
      BackplaneOptions options,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      BackplaneMeters meters) {
    this.network = network;
    this.address = address;
    this.prefix = options.channelPrefix();
    this.meters = meters;
    // Every node of a cluster hears what is published on any: the two need not be the same.
    Supplier<RedisURI> uri = network.anyNode(address, network.deadlines().connect(), random);
    this.publishing =
        new BusLink<>(
            "publishing",
            address,
            client(network, address),
            client -> client.connectAsync(CODEC, uri.get()),
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
            client -> client.connectPubSubAsync(CODEC, uri.get()),
            this::listen,
            this::deaf,
            scheduler,
            random);
    this.probe = new SubscriptionProbe(this, options, clock, scheduler, meters);
    this.audience = new Audience(network, address, CODEC, this::recovered);
    publishing.open();
    listening.open();
    // Who stays with the former master is heard by nobody on the new one.
    this.moves = network.onMoved(address, () -> replaceAll("another server has become master"));
    long interval = options.probeInterval().toMillis();
    this.probing =
        scheduler.scheduleWithFixedDelay(probe::run, interval, interval, TimeUnit.MILLISECONDS);
  }

  private static RedisClient client(RedisNetwork network, RedisAddress address) {
    RedisClient client = network.client(address);
    client.setOptions(network.clientOptions().mutate().autoReconnect(false).build());
    return client;
  }

  /**
   * The driver drops commands that run into a deadline before they are written, as they do on a
   * busy machine. A subscription that is never asked for would never be confirmed, so that whoever
   * waits for it waits for ever; whether Redis answers is the probe's business here.
   */
  private static RedisClient patientClient(RedisNetwork network, RedisAddress address) {
    RedisClient client = client(network, address);
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
    CompletableFuture<Void> result = new CompletableFuture<>();
    var unused =
        breaker
            .executeCompletionStage(() -> connection.async().publish(prefix + channel, payload))
            .whenComplete(
                (receivers, failure) -> {
                  if (failure == null) {
                    meters.count(Event.PUBLISHED);
                    result.complete(null);
                  } else {
                    var unusedToo = lacks(prefix + channel, failure);
                    result.completeExceptionally(translate(Failures.unwrap(failure)));
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
    return audience
        .of(prefix + channel, connection)
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    BackplaneException.notSent(
                        "Redis did not answer: " + Failures.unwrap(failure).getMessage())));
  }

  @Override
  public CompletionStage<Void> settle(
      String channel, BooleanSupplier wanted, Consumer<byte[]> receiver) {
    return table.settle(prefix + channel, wanted, receiver);
  }

  @Override
  public void listenAll(Map<String, Consumer<byte[]>> receivers) {
    Map<String, Consumer<byte[]>> prefixed = new HashMap<>();
    receivers.forEach((channel, receiver) -> prefixed.put(prefix + channel, receiver));
    table.wantAll(prefixed);
  }

  @Override
  public void leaveAll(Collection<String> channels) {
    table.forgetAll(channels.stream().map(channel -> prefix + channel).toList());
  }

  private void listen(StatefulRedisPubSubConnection<String, byte[]> connection) {
    meters.count(Event.CONNECTS);
    listeningEpoch = epochs.incrementAndGet();
    connection.addListener(
        new RedisPubSubAdapter<String, byte[]>() {
          @Override
          public void message(String channel, byte[] payload) {
            if (!table.deliver(channel, payload)) {
              table.unwanted(channel);
            }
          }

          @Override
          public void subscribed(String channel, long count) {
            table.confirmed(channel);
            probe.confirmed(channel, count);
          }
        });
    table.connected(new Commands(connection));
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
    return canPublish() && table.settled() && audience.ready();
  }

  void loseSubscription(String channel) {
    StatefulRedisPubSubConnection<String, byte[]> connection = listening.connection();
    if (connection != null) {
      var unused = connection.async().unsubscribe(prefix + channel);
    }
  }

  void replaceAll(String why) {
    publishing.replace(why);
    listening.replace(why);
  }

  void replaceListening(String why) {
    listening.replace(why);
  }

  @Override
  public void close() {
    probing.cancel(false);
    moves.close();
    audience.close();
    listening.close();
    publishing.close();
  }

  /** Sends the table's commands on one connection. */
  private final class Commands implements SubscriptionTable.Wire {
    private final StatefulRedisPubSubConnection<String, byte[]> connection;

    Commands(StatefulRedisPubSubConnection<String, byte[]> connection) {
      this.connection = connection;
    }

    @Override
    public void subscribe(List<String> channels) {
      var unused =
          connection
              .async()
              .subscribe(channels.toArray(String[]::new))
              .whenComplete(
                  (done, failure) -> {
                    if (failure != null) {
                      refused(channels, Failures.unwrap(failure));
                    }
                  });
    }

    /** One channel that the ACL forbids makes Redis refuse the whole command. */
    private void refused(List<String> channels, Throwable failure) {
      if (!(failure instanceof RedisCommandExecutionException)) {
        notAsked(failure);
        return;
      }
      if (channels.size() > 1) {
        channels.forEach(channel -> subscribe(List.of(channel)));
      } else {
        meters.count(Event.SUBSCRIPTIONS_REFUSED);
        if (!lacks(channels.get(0), failure)) {
          log.warn("Redis refuses a subscription of the backplane: {}", failure.getMessage());
        }
        table.refused(
            channels.get(0),
            BackplaneException.notSent("Redis refuses a subscription: " + failure.getMessage()));
      }
    }

    /** What this connection has not been asked for another one is. */
    private void notAsked(Throwable failure) {
      if (listening.connection() == connection) {
        listening.replace("a subscription could not be asked for: " + failure.getMessage());
      }
    }

    @Override
    public void unsubscribe(List<String> channels) {
      // When it fails the connection is lost, and with it the subscription.
      var unused = connection.async().unsubscribe(channels.toArray(String[]::new));
    }
  }
}
