package io.sharedredis.benchmarks.dataprotection;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.benchmarks.measure.CpuTimeProfiler;
import io.sharedredis.benchmarks.measure.Figure;
import io.sharedredis.dataprotection.keyring.KeyRingAssembly;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.dataprotection.RedisKeyRepository;
import io.sharedredis.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Times reading a ring of {@link SampleRing#KEYS} keys in one JVM; prints {@link Figure}s in
 * milliseconds, the processor time with that of Redis. Not by JMH: a few reads a day are cold, and
 * cold is what an application meets.
 */
final class RingFork {
  static final String COLD = ", first in the JVM";
  static final String FIRST = ", nothing known yet";
  static final String AGAIN = ", nothing changed";
  static final String ONE_MORE = ", one key more";
  static final String CLOCK = " clock ms";
  static final String CPU = " cpu ms";
  static final List<String> KINDS = List.of("plain", "encrypted", "plain in Redis");

  private static final int WARM_UPS = 20;

  private RingFork() {}

  /**
   * @param args rounds
   */
  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    SampleRing plain = SampleRing.plain();
    measure("plain", plain, plain.inMemory(), () -> 0, rounds);
    SampleRing encrypted = SampleRing.encrypted();
    measure("encrypted", encrypted, encrypted.inMemory(), () -> 0, rounds);
    try (RedisServer server = RedisServer.startOwn();
        RedisClient observer = RedisClient.create(server.uri());
        RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
        RedisKeyRepository redis =
            new RedisKeyRepository(
                network, RedisAddress.parse("benchmark", server.url()), "benchmark-ring")) {
      redis.firstConnected().get(10, TimeUnit.SECONDS);
      plain.items().forEach(redis::store);
      RedisCommands<String, String> info = observer.connect().sync();
      measure("plain in Redis", plain, redis, () -> serverCpu(info.info("cpu")), rounds);
    }
  }

  private static void measure(
      String kind, SampleRing ring, KeyRepository store, DoubleSupplier serverCpu, int rounds) {
    time(kind + COLD, ring.reader(store), serverCpu);
    for (int i = 0; i < WARM_UPS; i++) {
      ring.reader(store).ring().refresh();
    }
    List<KeyItem> more = new ArrayList<>(SampleRing.plain().items());
    for (int i = 0; i < rounds; i++) {
      KeyRingAssembly reader = ring.reader(store);
      time(kind + FIRST, reader, serverCpu);
      time(kind + AGAIN, reader, serverCpu);
      KeyItem added = more.remove(0);
      store.store(added);
      time(kind + ONE_MORE, reader, serverCpu);
      store.delete(List.of(added));
    }
  }

  private static void time(String name, KeyRingAssembly reader, DoubleSupplier serverCpu) {
    double server = serverCpu.getAsDouble();
    long cpu = CpuTimeProfiler.total();
    long start = System.nanoTime();
    int keys = reader.ring().refresh().keys().size();
    double clock = (System.nanoTime() - start) / 1e6;
    double own = (CpuTimeProfiler.total() - cpu) / 1e6;
    new Figure(name + CLOCK, clock).print();
    new Figure(name + CPU, own + serverCpu.getAsDouble() - server).print();
    if (keys < SampleRing.KEYS) {
      throw new IllegalStateException(name + ": only " + keys + " keys");
    }
  }

  /** Milliseconds of processor time that the server has used. */
  private static double serverCpu(String info) {
    return info.lines()
            .filter(line -> line.startsWith("used_cpu_user:") || line.startsWith("used_cpu_sys:"))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1).strip()))
            .sum()
        * 1000;
  }
}
