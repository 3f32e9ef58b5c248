package io.sharedredis.playground.farm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code farm.json} says about the running farm.
 *
 * @param gateway URL of the gateway
 * @param redis URL of Redis
 * @param postgres JDBC URL of PostgreSQL
 * @param replicas all replicas
 */
record FarmFile(String gateway, String redis, String postgres, List<Entry> replicas) {

  /** One replica; the process id is null while it does not run, so that nobody signals 0. */
  record Entry(String name, String url, @Nullable Long pid) {}

  private static final JsonMapper JSON = JsonMapper.builder().build();

  FarmFile {
    replicas = List.copyOf(replicas);
  }

  /** Writes the file in one step, so that a reader never sees half of it. */
  void write(Path file) {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(draft, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new FarmException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** The table for the terminal. */
  String table() {
    StringBuilder table = new StringBuilder();
    for (Entry entry : replicas) {
      String pid = entry.pid() == null ? "does not run" : entry.pid().toString();
      table.append(String.format("  %-12s %-36s %s%n", entry.name(), entry.url(), pid));
    }
    return String.format("  %-12s %-36s %s%n", "replica", "URL", "pid") + table;
  }
}
