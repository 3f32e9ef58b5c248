package io.sharedredis.lettuce.backplane;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.connection.LuaScript;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.connection.ReplicaWait;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A history in streams of Redis, one for each channel, with what belongs to it in the same slot.
 * Keys are {@code shared-redis:backplane:reliable:{<channel>}:…}; see {@code
 * docs/formats/backplane.md}.
 */
final class RedisHistory implements History {

  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private static final LuaScript APPEND = LuaScript.beside(RedisHistory.class, "append.lua");

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

  /** Refusals that pass: another node, another master, or a server that is not ready yet. */
  private static final Pattern PASSING =
      Pattern.compile(
          "\\b(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY|NOREPLICAS|MOVED|ASK|OOM|MISCONF)\\b");

  /**
   * Batches that wait for replicas at once: Redis answers nothing else on their connection
   * meanwhile, and while replicas are missing each waits for all of its time.
   */
  private static final int WAITS = 4;

  private final RedisLink<String, byte[]> link;

  /** Reads have a connection of their own, which no WAIT holds up. */
  private final RedisLink<String, byte[]> reads;

  private final Turnstile waits = new Turnstile(WAITS);
  private final String prefix;
  private final ReliableOptions options;
  private final Duration waiting;

  /** Begins to connect; returns at once. */
  RedisHistory(RedisNetwork network, RedisAddress address, String prefix, ReliableOptions options) {
    this.link = new RedisLink<>(network, "reliable channels", address, CODEC);
    this.reads = new RedisLink<>(network, "reliable channels, reading", address, CODEC);
    this.prefix = prefix;
    this.options = options;
    // Half the deadline: the answer that replicas are missing is to come in time.
    this.waiting = network.deadlines().command().dividedBy(2);
  }

  private String key(String channel, String part) {
    return prefix + "shared-redis:backplane:reliable:{" + channel + "}:" + part;
  }

  @Override
  public CompletionStage<Appended> append(
      String channel, long publisher, List<Entry> batch, Position confirmed) {
    List<String> keys = new ArrayList<>();
    keys.add(key(channel, "stream"));
    keys.add(key(channel, "end"));
    keys.add(key(channel, "sent:" + Long.toHexString(publisher)));
    List<byte[]> arguments = new ArrayList<>();
    arguments.add((prefix + channel).getBytes(StandardCharsets.UTF_8));
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
    Supplier<CompletionStage<Appended>> appending = () -> append(keys, arguments);
    return options.minReplicas() == 0 ? appending.get() : waits.pass(appending);
  }

  private CompletionStage<Appended> append(List<String> keys, List<byte[]> arguments) {
    return async(
        link,
        redis ->
            APPEND
                .<String, byte[], List<Object>>run(
                    redis,
                    ScriptOutputType.MULTI,
                    keys.toArray(String[]::new),
                    arguments.toArray(byte[][]::new))
                .thenCompose(positions -> confirm(redis, keys.get(0), positions)));
  }

  private CompletionStage<Appended> confirm(
      RedisClusterAsyncCommands<String, byte[]> redis, String key, List<Object> answer) {
    List<Position> positions =
        answer.stream()
            .map(id -> Position.parse(new String((byte[]) id, StandardCharsets.US_ASCII)))
            .toList();
    if (options.minReplicas() == 0) {
      return CompletableFuture.completedFuture(new Appended(positions, true));
    }
    return ReplicaWait.run(redis, CODEC, key, options.minReplicas(), waiting)
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
                            ? end(fields.get(0).getValue(), fields.get(1).getValue())
                            : Position.START));
  }

  @Override
  public CompletionStage<List<Kept>> after(String channel, Position position, int atMost) {
    return async(
        reads,
        redis ->
            redis
                .xrange(
                    key(channel, "stream"),
                    Range.from(
                        Range.Boundary.excluding(position.toString()), Range.Boundary.unbounded()),
                    Limit.from(atMost))
                .thenApply(entries -> entries.stream().flatMap(RedisHistory::kept).toList()));
  }

  private static Position end(byte[] epoch, byte[] offset) {
    try {
      return new Position(number(epoch), number(offset));
    } catch (NumberFormatException e) {
      throw new HistoryException(
          HistoryException.Kind.REFUSED, "the end of a channel's history is no position", e);
    }
  }

  /**
   * An entry that somebody else wrote takes nothing but itself away: without a payload its reader
   * counts it as malformed, without a usable predecessor it is taken to follow the one before.
   */
  static Stream<Kept> kept(StreamMessage<String, byte[]> entry) {
    byte[] payload = entry.getBody().get("m");
    byte[] previous = entry.getBody().get("p");
    try {
      Position position = Position.parse(entry.getId());
      return Stream.of(
          new Kept(
              position,
              previous == null ? before(position) : previous(previous, position),
              payload == null ? new byte[0] : payload));
    } catch (MalformedMessageException e) {
      // Numbers beyond 63 bits: nothing that counts from here can come after it.
      return Stream.empty();
    }
  }

  private static Position previous(byte[] id, Position position) {
    try {
      return Position.parse(new String(id, StandardCharsets.US_ASCII));
    } catch (MalformedMessageException e) {
      return before(position);
    }
  }

  private static Position before(Position position) {
    return new Position(position.epoch(), Math.max(0, position.offset() - 1));
  }

  private static <T> CompletionStage<T> async(
      RedisLink<String, byte[]> link,
      Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> work) {
    return link.async(work)
        .toCompletableFuture()
        .orTimeout(LONGEST.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(translate(Failures.unwrap(failure))));
  }

  private static HistoryException translate(Throwable failure) {
    if (failure instanceof HistoryException known) {
      return known;
    }
    String message = String.valueOf(failure.getMessage());
    HistoryException.Kind kind = HistoryException.Kind.UNKNOWN;
    if (failure instanceof RedisUnavailableException) {
      // Without a cause nothing was sent: there was no connection, or the circuit was open.
      kind =
          failure.getCause() == null
              ? HistoryException.Kind.NOT_SENT
              : HistoryException.Kind.UNKNOWN;
    } else if (failure instanceof RedisCommandExecutionException) {
      kind =
          PASSING.matcher(message).find()
              ? HistoryException.Kind.NOT_SENT
              : HistoryException.Kind.REFUSED;
    }
    return new HistoryException(kind, message, Objects.requireNonNull(failure));
  }

  static Duration endKept(ReliableOptions options) {
    Duration least = options.retention().multipliedBy(2);
    return least.compareTo(END_KEPT) > 0 ? least : END_KEPT;
  }

  private static byte[] number(long value) {
    return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
  }

  private static long number(byte[] value) {
    return Long.parseLong(new String(value, StandardCharsets.US_ASCII));
  }

  @Override
  public void close() {
    link.close();
    reads.close();
  }
}
