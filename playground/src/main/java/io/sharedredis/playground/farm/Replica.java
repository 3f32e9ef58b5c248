package io.sharedredis.playground.farm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One replica: its process, and what is reported when that ends. Thread-safe. */
final class Replica {

  /** Small heaps: four of these and the servers share one machine. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xmx256m",
          "-Xss512k",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:MaxMetaspaceSize=192m",
          "-Djava.awt.headless=true",
          // The gateway looks twice a second: no need to serve for 5 s more once asked to stop.
          "-Dshared-redis.drain.notice=1500ms",
          // The replicas of the playground are for this machine; only the gateway may be opened.
          "-Dserver.address=127.0.0.1");

  /** Longer than the apps' own drain, see docs/container.md. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final ReplicaSpec spec;
  private final Path log;
  private final WatchdogLink watchdog;
  private final BiConsumer<Replica, String> onDeath;
  private volatile @Nullable Process process;

  Replica(ReplicaSpec spec, Path log, WatchdogLink watchdog, BiConsumer<Replica, String> onDeath) {
    this.spec = spec;
    this.log = log;
    this.watchdog = watchdog;
    this.onDeath = onDeath;
  }

  ReplicaSpec spec() {
    return spec;
  }

  Path log() {
    return log;
  }

  /** Process id, or 0 when it does not run. */
  long pid() {
    Process current = process;
    return current == null || !current.isAlive() ? 0 : current.pid();
  }

  boolean isAlive() {
    return pid() != 0;
  }

  void start() {
    lock.lock();
    try {
      if (isAlive()) {
        return;
      }
      List<String> command = new ArrayList<>(List.of(ChildProcess.java()));
      command.addAll(JVM_OPTIONS);
      command.addAll(List.of("-jar", spec.jar().toString()));
      Process started = ChildProcess.start(command, spec.environment(), log);
      watchdog.note(Leftovers.process(started.toHandle(), "KILL"));
      process = started;
      var unused = started.onExit().thenAccept(this::report);
    } finally {
      lock.unlock();
    }
  }

  /** Ends it in good order: the end is expected, so nothing is reported. */
  void stop() throws InterruptedException {
    Process current = forget();
    if (current != null) {
      ChildProcess.stop(current, STOP_LIMIT);
    }
  }

  /** Kills it without warning, as an outage would; the death is reported as any other. */
  void kill() {
    Process current = process;
    if (current != null) {
      current.destroyForcibly();
    }
  }

  private @Nullable Process forget() {
    lock.lock();
    try {
      Process current = process;
      process = null;
      return current;
    } finally {
      lock.unlock();
    }
  }

  private void report(Process ended) {
    if (process != ended) {
      return;
    }
    onDeath.accept(
        this,
        "(pid " + ended.pid() + ") died with exit code " + ended.exitValue() + "; log: " + log);
  }

  /** The last lines of the log, for an error message. */
  List<String> lastLines(int count) {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return lines.subList(Math.max(0, lines.size() - count), lines.size());
    } catch (IOException unreadable) {
      return List.of();
    }
  }
}
