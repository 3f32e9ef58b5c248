package io.sharedredis.lettuce.backplane;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.connection.LuaScript;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A history in streams of Redis, one for each channel, with what belongs to it in the same slot.
 * Keys are {@code shared-redis:backplane:reliable:{<channel>}:…}; see {@code
 * docs/formats/backplane.md}.
 */
final class RedisHistory implements History {

  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private static final LuaScript APPEND =
      LuaScript.beside(RedisHistory.class, "publish.lua", "append.lua");
  private static final LuaScript APPEND_SHARDED =
      LuaScript.beside(RedisHistory.class, "publish-sharded.lua", "append.lua");
  private static final LuaScript PAGE = LuaScript.beside(RedisHistory.class, "page.lua");

  /**
   * How long the end of a history is remembered, at least; a day, so that a channel which is used
   * daily goes on where it was. Its messages are long gone by then.
   */
  static final Duration END_KEPT = Duration.ofDays(1);

  /**
   * The driver's own deadlines fire long before; a channel must not stand still for ever should one
   * of them ever fail to.
   */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /**
   * Batches that wait for replicas at once: Redis answers nothing else on their connection
   * meanwhile, and while replicas are missing each waits for all of its time.
   */
  private static final int WAITS = 4;

  private final RedisNetwork network;
  private final RedisAddress address;
  private final RedisLink<String, byte[]> link;

  /** Reads have a connection of their own, which no WAIT holds up. */
  private final RedisLink<String, byte[]> reads;

  private final Turnstile waits = new Turnstile(WAITS);
  private final ChannelNames names;
  private final ReliableOptions options;
  private final Duration waiting;

  /** Begins to connect; returns at once. */
  RedisHistory(
      RedisNetwork network, RedisAddress address, ChannelNames names, ReliableOptions options) {
    this.network = network;
    this.address = address;
    this.link = new RedisLink<>(network, "reliable channels", address, CODEC);
    this.reads = new RedisLink<>(network, "reliable channels, reading", address, CODEC);
    this.names = names;
    this.options = options;
    // Half the deadline: the answer that replicas are missing is to come in time.
    this.waiting = network.deadlines().command().dividedBy(2);
  }

  /**
   * A brace in the prefix would decide over the slot of every key in place of the channel's name:
   * one slot for all channels, or with an empty tag not even one for what belongs to one channel.
   *
   * @throws IllegalArgumentException if there is one
   */
  static void requireUsable(String prefix) {
    if (prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
      throw new IllegalArgumentException(
          "backplane option 'channelPrefix' is '"
              + prefix
              + "', but must not contain braces where reliable messages are switched on: they would"
              + " take the place of the channel's name in the slots of its history");
    }
  }

  private String key(String channel, String part) {
    return names.history(channel) + part;
  }

  @Override
  public CompletionStage<Appended> append(
      String channel, long publisher, List<Entry> batch, Position confirmed) {
    List<String> keys = new ArrayList<>();
    keys.add(key(channel, "stream"));
    keys.add(key(channel, "end"));
    keys.add(key(channel, "sent:" + Long.toHexString(publisher)));
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(names.name(channel).getBytes(StandardCharsets.UTF_8));
    arguments.add(number(options.maxLength()));
    arguments.add(number(options.retention().toMillis()));
    arguments.add(number(endKept(options).toMillis()));
    arguments.add(number(options.idempotency().toMillis()));
    arguments.add(number(confirmed.epoch()));
    arguments.add(number(confirmed.offset()));
    for (Entry entry : batch) {
      arguments.add(number(entry.number()));
      arguments.add(entry.before());
      arguments.add(entry.after());
      if (entry.key() == null) {
        arguments.add(number(0));
      } else {
        keys.add(key(channel, "once:" + entry.key()));
        arguments.add(number(keys.size()));
      }
    }
    long asked = System.nanoTime();
    Supplier<CompletionStage<Appended>> appending =
        () ->
            System.nanoTime() - asked > LONGEST.toNanos()
                ? CompletableFuture.failedFuture(
                    new HistoryException(
                        HistoryException.Kind.NOT_SENT,
                        "too many others wait for replicas of Redis"))
                : append(names.name(channel), keys, arguments, batch.size());
    return options.minReplicas() == 0 ? appending.get() : waits.pass(appending);
  }

  private CompletionStage<Appended> append(
      String channel, List<String> keys, List<byte[]> arguments, int count) {
    if (options.minReplicas() == 0) {
      return async(
          link,
          redis ->
              run(redis, keys, arguments)
                  .thenApply(answer -> new Appended(positions(channel, answer, count), true)));
    }
    return translated(
        link.asyncAt(
            keys.get(0),
            redis ->
                run(redis, keys, arguments)
                    .thenCompose(answer -> confirm(redis, positions(channel, answer, count)))));
  }

  private CompletionStage<List<Object>> run(
      RedisClusterAsyncCommands<String, byte[]> redis, List<String> keys, List<byte[]> arguments) {
    return (names.sharded() ? APPEND_SHARDED : APPEND)
        .run(
            redis,
            ScriptOutputType.MULTI,
            keys.toArray(String[]::new),
            arguments.toArray(byte[][]::new));
  }

  private List<Position> positions(String channel, List<Object> answer, int count) {
    if (answer.size() > count) {
      // Kept, and read by who listens when they next look: the promise holds, but slowly.
      String refusal = new String((byte[]) answer.get(count), StandardCharsets.UTF_8);
      var unused =
          network
              .missingRights()
              .look(
                  "reliable channels",
                  address,
                  channel,
                  new RedisCommandExecutionException(refusal));
    }
    return answer.stream()
        .limit(count)
        .map(id -> Position.parse(new String((byte[]) id, StandardCharsets.US_ASCII)))
        .toList();
  }

  /** At the very connection that has written: WAIT counts who has what was written on it. */
  private CompletionStage<Appended> confirm(
      RedisClusterAsyncCommands<String, byte[]> redis, List<Position> positions) {
    return redis
        .waitForReplication(options.minReplicas(), waiting.toMillis())
        .thenApply(replicas -> new Appended(positions, replicas >= options.minReplicas()))
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    Failures.unwrap(failure) instanceof RedisCommandExecutionException refused
                        ? new HistoryException(
                            HistoryException.Kind.UNKNOWN, String.valueOf(refused.getMessage()))
                        : Failures.unwrap(failure)));
  }

  @Override
  public CompletionStage<Position> end(String channel) {
    return async(
        reads,
        redis ->
            redis
                .hmget(key(channel, "end"), "epoch", "offset")
                .thenApply(
                    fields ->
                        fields.get(0).hasValue() && fields.get(1).hasValue()
                            ? HistoryAnswers.end(fields.get(0).getValue(), fields.get(1).getValue())
                            : Position.START));
  }

  @Override
  public CompletionStage<Page> after(String channel, Position position, int messages, int bytes) {
    return async(
        reads,
        redis ->
            PAGE.<String, byte[], List<Object>>run(
                    redis,
                    ScriptOutputType.MULTI,
                    new String[] {key(channel, "stream"), key(channel, "end")},
                    position.toString().getBytes(StandardCharsets.US_ASCII),
                    number(messages),
                    number(bytes))
                .thenApply(HistoryAnswers::page));
  }

  /** Runs commands; fails with {@link HistoryException}, and in any case within 10 s. */
  static <T> CompletionStage<T> async(
      RedisLink<String, byte[]> link,
      Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> work) {
    return translated(link.async(work));
  }

  private static <T> CompletionStage<T> translated(CompletionStage<T> answer) {
    return answer
        .toCompletableFuture()
        .orTimeout(LONGEST.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(HistoryAnswers.translate(Failures.unwrap(failure))));
  }

  /** Records of what clients have received, over the connection that reads. */
  PlaceStore places() {
    // Twice as long as a channel is kept: while it is, whoever missed something of it is known.
    return new RedisPlaces(reads, names.prefix(), options.retention().multipliedBy(2));
  }

  static Duration endKept(ReliableOptions options) {
    Duration least = options.retention().multipliedBy(2);
    return least.compareTo(END_KEPT) > 0 ? least : END_KEPT;
  }

  private static byte[] number(long value) {
    return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    link.close();
    reads.close();
  }
}
