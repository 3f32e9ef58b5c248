package io.sharedredis.playground.farm;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A real PostgreSQL on loopback from the embedded binary, with an empty database. */
final class PostgresProcess {

  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final EmbeddedPostgres server;
  private final Path dataDirectory;

  private PostgresProcess(EmbeddedPostgres server, Path dataDirectory) {
    this.server = server;
    this.dataDirectory = dataDirectory;
  }

  static PostgresProcess start(Path binaries, Path dataDirectory, Path log, WatchdogLink watchdog) {
    try {
      Files.createDirectories(binaries);
      Files.createDirectories(dataDirectory);
      watchdog.note(Leftovers.postgres(dataDirectory));
      EmbeddedPostgres server =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(binaries.toFile())
              .setDataDirectory(dataDirectory)
              .setCleanDataDirectory(false)
              // The farm stops it, after the replicas; a hook of its own would race with that.
              .setRegisterShutdownHook(false)
              .setPGStartupWait(START_LIMIT)
              // Demonstration data that lives as long as the farm: speed wins over durability.
              .setServerConfig("fsync", "off")
              .setServerConfig("max_connections", "200")
              .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new PostgresProcess(server, dataDirectory);
    } catch (IOException | RuntimeException e) {
      end(dataDirectory);
      throw new FarmException(
          "PostgreSQL did not start ("
              + e.getMessage()
              + "); see "
              + log
              + ", or name a server with --postgres URL",
          e);
    }
  }

  Database database() {
    return new Database(
        "jdbc:postgresql://localhost:" + server.getPort() + "/postgres", "postgres", "postgres");
  }

  /** Reports the death of the server while {@code expected} says that it should live. */
  void watch(BooleanSupplier expected, Progress progress) {
    process()
        .ifPresent(
            postmaster -> {
              var unused =
                  postmaster
                      .onExit()
                      .thenAccept(
                          ended -> {
                            if (expected.getAsBoolean()) {
                              progress.step("PostgreSQL (pid " + ended.pid() + ") died");
                            }
                          });
            });
  }

  Optional<ProcessHandle> process() {
    return Leftovers.postmaster(dataDirectory);
  }

  void stop() {
    end(dataDirectory);
  }

  private static void end(Path dataDirectory) {
    Leftovers.postmaster(dataDirectory)
        .ifPresent(
            postmaster -> {
              Leftovers.interrupt(postmaster);
              Leftovers.awaitEnd(postmaster);
            });
  }
}
