package io.sharedredis.benchmarks.sessions;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;

/** What a Redis says of itself. */
final class RedisFacts implements AutoCloseable {
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  RedisFacts(RedisURI redis) {
    this.client = RedisClient.create(redis);
    this.connection = client.connect();
  }

  /** Bytes that it has allocated. */
  long usedMemory() {
    return (long) figure("memory", "used_memory");
  }

  /** Processor time that it has used since its start. */
  double processorSeconds() {
    return figure("cpu", "used_cpu_user") + figure("cpu", "used_cpu_sys");
  }

  private double figure(String section, String name) {
    String begin = name + ":";
    return connection
        .sync()
        .info(section)
        .lines()
        .filter(line -> line.startsWith(begin))
        .mapToDouble(line -> Double.parseDouble(line.substring(begin.length())))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
