package io.sharedredis.benchmarks.backplane;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What Lettuce does by itself, with the bytes that the backplane sends: one connection that
 * publishes, or runs the script of reliable channels, and one that listens.
 */
final class BareLettuce implements AutoCloseable {
  private static final byte[] CHANNEL = bytes("bare");

  /** Offset and epoch of a plain message, and the answer that is not wanted: four times nil. */
  private static final byte[] NILS = {(byte) 0xc0, (byte) 0xc0, (byte) 0xc0, (byte) 0xc0};

  /** Messages in one call of the script, as the publisher of reliable channels has them. */
  private static final int BATCH = 100;

  private final RedisClient publisher;
  private final RedisClient listener;
  private final RedisAsyncCommands<byte[], byte[]> redis;
  private final StatefulRedisPubSubConnection<byte[], byte[]> listening;
  private final byte[] payload;
  private volatile Runnable arrival = () -> {};

  /**
   * @param payload as the backplane publishes it
   */
  BareLettuce(String url, byte[] payload) {
    this.payload = payload;
    this.publisher = RedisClient.create(RedisURI.create(url));
    this.listener = RedisClient.create(RedisURI.create(url));
    StatefulRedisConnection<byte[], byte[]> publishing = publisher.connect(ByteArrayCodec.INSTANCE);
    this.redis = publishing.async();
    this.listening = listener.connectPubSub(ByteArrayCodec.INSTANCE);
    listening.addListener(
        new RedisPubSubAdapter<byte[], byte[]>() {
          @Override
          public void message(byte[] channel, byte[] message) {
            arrival.run();
          }
        });
    listening.sync().subscribe(CHANNEL);
  }

  /** What is published on a channel next. */
  static byte[] capture(String url, String channel, Runnable publish) throws InterruptedException {
    RedisClient client = RedisClient.create(RedisURI.create(url));
    try {
      CompletableFuture<byte[]> seen = new CompletableFuture<>();
      StatefulRedisPubSubConnection<byte[], byte[]> connection =
          client.connectPubSub(ByteArrayCodec.INSTANCE);
      connection.addListener(
          new RedisPubSubAdapter<byte[], byte[]>() {
            @Override
            public void message(byte[] where, byte[] message) {
              seen.complete(message);
            }
          });
      connection.sync().subscribe(bytes(channel));
      publish.run();
      return seen.get(10, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("nothing was published on " + channel, e);
    } finally {
      client.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }

  /** Publishes, and listens. */
  Way publishing() {
    return new Listening() {
      @Override
      public CompletionStage<?> send() {
        return redis.publish(CHANNEL, payload);
      }
    };
  }

  /** Runs the script for each message, many calls on their way. */
  Way appending() {
    AtomicLong number = new AtomicLong();
    Script script = new Script("one-" + System.nanoTime());
    return new Listening() {
      @Override
      public CompletionStage<?> send() {
        return script.run(number.getAndIncrement(), 1);
      }
    };
  }

  /** Runs the script as the backplane does: one call at a time, with all that waited meanwhile. */
  Way appendingInBatches() {
    Batches batches = new Batches(new Script("many-" + System.nanoTime()));
    return new Listening() {
      @Override
      public CompletionStage<?> send() {
        return batches.add();
      }
    };
  }

  private abstract class Listening implements Way {
    @Override
    public void onArrival(Runnable listener) {
      arrival = listener;
    }
  }

  private static final class Batches {
    private final Script script;
    private final Queue<CompletableFuture<Void>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private long number;

    Batches(Script script) {
      this.script = script;
    }

    CompletionStage<Void> add() {
      CompletableFuture<Void> result = new CompletableFuture<>();
      waiting.add(result);
      if (running.compareAndSet(false, true)) {
        next();
      }
      return result;
    }

    private void next() {
      List<CompletableFuture<Void>> batch = new ArrayList<>();
      while (batch.size() < BATCH && !waiting.isEmpty()) {
        batch.add(waiting.remove());
      }
      if (batch.isEmpty()) {
        running.set(false);
        if (!waiting.isEmpty() && running.compareAndSet(false, true)) {
          next();
        }
        return;
      }
      long first = number;
      number += batch.size();
      var unused =
          script
              .run(first, batch.size())
              .whenComplete(
                  (done, failure) -> {
                    for (CompletableFuture<Void> one : batch) {
                      if (failure == null) {
                        one.complete(null);
                      } else {
                        one.completeExceptionally(failure);
                      }
                    }
                    next();
                  });
    }
  }

  /** The script on keys of its own. */
  private final class Script {
    private final byte[][] keys;
    private final String digest;
    private final byte[] before;
    private final byte[] after;

    Script(String name) {
      this.keys =
          new byte[][] {
            bytes("{" + name + "}:stream"),
            bytes("{" + name + "}:end"),
            bytes("{" + name + "}:sent")
          };
      this.digest =
          redis.getStatefulConnection().sync().scriptLoad(text("publish.lua") + text("append.lua"));
      int nils = lastNils(payload);
      this.before = Arrays.copyOf(payload, nils + 2);
      this.after = Arrays.copyOfRange(payload, nils + NILS.length, payload.length);
    }

    CompletableFuture<Object> run(long first, int count) {
      List<byte[]> arguments = new ArrayList<>(7 + 4 * count);
      arguments.add(CHANNEL);
      // The defaults of reliable channels: messages, history, end and keys in ms; no confirmation.
      for (String value : List.of("10000", "600000", "86400000", "600000", "0", "0")) {
        arguments.add(bytes(value));
      }
      for (int i = 0; i < count; i++) {
        arguments.add(bytes(Long.toString(first + i + 1)));
        arguments.add(before);
        arguments.add(after);
        arguments.add(bytes("0"));
      }
      return redis
          .evalsha(digest, ScriptOutputType.MULTI, keys, arguments.toArray(byte[][]::new))
          .toCompletableFuture();
    }
  }

  private static String text(String file) {
    try (InputStream in = RedisBackplane.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not there");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int lastNils(byte[] payload) {
    for (int at = payload.length - NILS.length; at > 0; at--) {
      if (Arrays.equals(payload, at, at + NILS.length, NILS, 0, NILS.length)) {
        return at;
      }
    }
    throw new IllegalStateException("this is no payload of the backplane");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    publisher.shutdown(0, 1, TimeUnit.SECONDS);
    listener.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
