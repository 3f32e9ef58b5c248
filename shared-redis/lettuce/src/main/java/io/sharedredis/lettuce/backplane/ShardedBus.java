package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The bus over sharded pub/sub of a Redis Cluster: each channel belongs to one partition, and each
 * partition has two connections of its own to the master that has it now. Order is that of a
 * channel, as everywhere. When a slot moves or a node dies, the partitions concerned look for the
 * new master, subscribe there again and are probed like any other.
 */
final class ShardedBus implements PubSubBus {

  private final ChannelNames names;
  private final ShardMap map;
  private final List<RedisBus> partitions = new ArrayList<>();

  ShardedBus(
      RedisNetwork network,
      RedisAddress address,
      BackplaneOptions options,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      BackplaneMeters meters) {
    this.names = options.names();
    this.map = new ShardMap(network, address);
    for (int i = 0; i < names.partitions(); i++) {
      partitions.add(
          new RedisBus(
              network,
              address,
              options,
              names.inPartition(i),
              new ShardChannels(map, names.slot(i)),
              clock,
              scheduler,
              random,
              meters));
    }
  }

  private RedisBus of(String channel) {
    return partitions.get(names.partition(channel));
  }

  @Override
  public CompletionStage<Void> publish(String channel, byte[] payload) {
    return of(channel).publish(channel, payload);
  }

  @Override
  public CompletionStage<Long> subscribers(String channel) {
    return of(channel).subscribers(channel);
  }

  @Override
  public CompletionStage<Void> settle(
      String channel, BooleanSupplier wanted, Consumer<byte[]> receiver) {
    return of(channel).settle(channel, wanted, receiver);
  }

  @Override
  public void listenAll(Map<String, Consumer<byte[]>> receivers) {
    Map<RedisBus, Map<String, Consumer<byte[]>>> parts = new HashMap<>();
    receivers.forEach(
        (channel, receiver) ->
            parts.computeIfAbsent(of(channel), any -> new HashMap<>()).put(channel, receiver));
    parts.forEach(RedisBus::listenAll);
  }

  @Override
  public void leaveAll(Collection<String> channels) {
    channels.stream().collect(Collectors.groupingBy(this::of)).forEach(RedisBus::leaveAll);
  }

  /** Of any partition a loss is one, and all have to be back. */
  @Override
  public void watch(Watcher watcher) {
    Watcher one =
        new Watcher() {
          @Override
          public void lost() {
            watcher.lost();
          }

          @Override
          public void settled() {
            if (ShardedBus.this.settled()) {
              watcher.settled();
            }
          }
        };
    partitions.forEach(partition -> partition.watch(one));
  }

  /** Each one only grows, so that the sum changes with every loss of any. */
  @Override
  public long listeningEpoch() {
    long sum = 0;
    for (RedisBus partition : partitions) {
      long epoch = partition.listeningEpoch();
      if (epoch < 0) {
        return -1;
      }
      sum += epoch;
    }
    return sum;
  }

  @Override
  public boolean canPublish() {
    return partitions.stream().allMatch(RedisBus::canPublish);
  }

  @Override
  public boolean settled() {
    return partitions.stream().allMatch(RedisBus::settled);
  }

  @Override
  public CompletableFuture<Void> firstConnected() {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            partitions.stream().map(RedisBus::firstConnected).toArray(CompletableFuture<?>[]::new));
    return all.applyToEither(map.unusable(), Function.identity());
  }

  @Override
  public List<String> channels() {
    return partitions.stream().flatMap(partition -> partition.channels().stream()).toList();
  }

  @Override
  public int unconfirmed() {
    return partitions.stream().mapToInt(RedisBus::unconfirmed).sum();
  }

  @Override
  public BackplaneState.Probe probes() {
    return partitions.stream()
        .map(RedisBus::probes)
        .min(
            Comparator.comparing(
                probe -> probe.lastHeard() == null ? Instant.EPOCH : probe.lastHeard()))
        .orElseThrow();
  }

  @Override
  public void loseSubscription(String channel) {
    of(channel).loseSubscription(channel);
  }

  @Override
  public void replaceListening(String why) {
    partitions.forEach(partition -> partition.replaceListening(why));
  }

  @Override
  public void close() {
    partitions.forEach(RedisBus::close);
    map.close();
  }
}
