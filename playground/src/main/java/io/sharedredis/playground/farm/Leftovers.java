package io.sharedredis.playground.farm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Ends what a launcher that is gone has left: processes in the order they were noted, then files.
 *
 * <p>A process is noted with its start time, because the system gives process ids out again.
 */
final class Leftovers {

  /** Start times of one process may differ by rounding between two readings. */
  private static final Duration SAME_START = Duration.ofSeconds(2);

  /** Time for a server to write its state and go before it is killed. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final List<String> lines;

  Leftovers(List<String> lines) {
    this.lines = List.copyOf(lines);
  }

  static String process(ProcessHandle process, String signal) {
    long start = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return "process " + process.pid() + " " + start + " " + signal;
  }

  /** A PostgreSQL server is noted by its data directory, before it has a process id. */
  static String postgres(Path dataDirectory) {
    return "postgres " + dataDirectory;
  }

  static String files(Path path) {
    return "files " + path;
  }

  void end() {
    List<ProcessHandle> waiting = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("process ")) {
        String[] parts = line.split(" ");
        find(Long.parseLong(parts[1]), Long.parseLong(parts[2]))
            .ifPresent(
                process -> {
                  signal(process, parts[3]);
                  waiting.add(process);
                });
      } else if (line.startsWith("postgres ")) {
        // Replicas are gone by now, so a fast shutdown has no client to wait for.
        postmaster(Path.of(line.substring("postgres ".length())))
            .ifPresent(
                process -> {
                  signal(process, "INT");
                  waiting.add(process);
                });
      }
    }
    waiting.forEach(Leftovers::awaitEnd);
    for (String line : lines) {
      if (line.startsWith("files ")) {
        delete(Path.of(line.substring("files ".length())));
      }
    }
  }

  static Optional<ProcessHandle> postmaster(Path dataDirectory) {
    try {
      List<String> pidFile =
          Files.readAllLines(dataDirectory.resolve("postmaster.pid"), StandardCharsets.UTF_8);
      return ProcessHandle.of(Long.parseLong(pidFile.get(0).trim()));
    } catch (IOException | RuntimeException notStarted) {
      return Optional.empty();
    }
  }

  static void delete(Path path) {
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException goneOrInUse) {
      // Nothing more can be done here; the next start deletes it again.
      return;
    }
  }

  private static Optional<ProcessHandle> find(long pid, long startMillis) {
    return ProcessHandle.of(pid)
        .filter(
            process ->
                process
                    .info()
                    .startInstant()
                    .map(
                        start ->
                            Math.abs(start.toEpochMilli() - startMillis) <= SAME_START.toMillis())
                    .orElse(true));
  }

  private static void signal(ProcessHandle process, String signal) {
    switch (signal) {
      case "KILL" -> process.destroyForcibly();
      case "INT" -> interrupt(process);
      default -> process.destroy();
    }
  }

  // Java can send TERM and KILL only. PostgreSQL takes TERM as "wait for the clients", INT as
  // "now".
  static void interrupt(ProcessHandle process) {
    try {
      Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
      if (kill.waitFor() != 0) {
        process.destroy();
      }
    } catch (IOException noSuchCommand) {
      process.destroy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void awaitEnd(ProcessHandle process) {
    CompletableFuture<ProcessHandle> exit = process.onExit();
    try {
      exit.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException stillThere) {
      process.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
