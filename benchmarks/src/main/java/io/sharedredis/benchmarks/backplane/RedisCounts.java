package io.sharedredis.benchmarks.backplane;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts what a Redis has done, by its own books. */
final class RedisCounts implements AutoCloseable {
  /** Not the servers' doing, but ours when we look. */
  private static final Set<String> OURS = Set.of("info");

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  RedisCounts(RedisURI redis) {
    this.client = RedisClient.create(redis);
    this.connection = client.connect();
  }

  /**
   * Since its start.
   *
   * @param commands calls by name
   * @param bytesIn received from clients
   * @param bytesOut sent to clients
   * @param cpuSeconds of all its threads
   */
  record Counts(Map<String, Long> commands, long bytesIn, long bytesOut, double cpuSeconds) {

    Counts since(Counts before) {
      Map<String, Long> more = new TreeMap<>();
      commands.forEach(
          (name, calls) -> {
            long difference = calls - before.commands.getOrDefault(name, 0L);
            if (difference > 0) {
              more.put(name, difference);
            }
          });
      return new Counts(
          more,
          bytesIn - before.bytesIn,
          bytesOut - before.bytesOut,
          cpuSeconds - before.cpuSeconds);
    }

    long allCommands() {
      return commands.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  Counts now() {
    Map<String, Long> commands = new TreeMap<>();
    info("commandstats")
        .forEach(
            (name, value) -> {
              String command = name.substring("cmdstat_".length());
              if (!OURS.contains(command)) {
                commands.put(command, Long.parseLong(value.replaceAll("calls=(\\d+),.*", "$1")));
              }
            });
    Map<String, String> stats = info("stats");
    Map<String, String> cpu = info("cpu");
    return new Counts(
        commands,
        Long.parseLong(stats.getOrDefault("total_net_input_bytes", "0")),
        Long.parseLong(stats.getOrDefault("total_net_output_bytes", "0")),
        Double.parseDouble(cpu.getOrDefault("used_cpu_user", "0"))
            + Double.parseDouble(cpu.getOrDefault("used_cpu_sys", "0")));
  }

  private Map<String, String> info(String section) {
    return connection
        .sync()
        .info(section)
        .lines()
        .filter(line -> line.contains(":"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf(':')),
                line -> line.substring(line.indexOf(':') + 1).strip(),
                (one, other) -> one));
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
